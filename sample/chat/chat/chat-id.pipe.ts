import { Injectable } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { readText } from '../common/read-text.js';
import { CHAT_LIMITS } from './chat.constants.js';

/** A chat is called what its user likes. */
@Injectable()
export class ChatIdPipe implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    return readText(value, 'The id of a chat', { max: CHAT_LIMITS.idLength, line: true });
  }
}
