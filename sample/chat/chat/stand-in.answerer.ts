import type { ContextMessage } from 'nestjs-redis-hub/context';
import { excerptOf } from '../common/excerpt.js';
import type { Answerer } from './answerer.interface.js';

const QUOTE_LENGTH = 60;
const TOPIC_LENGTH = 32;
const TOPICS = 4;

/** Answers without a model and says so; the same window gives the same answer. */
export class StandInAnswerer implements Answerer {
  answer(window: readonly ContextMessage[]): Promise<string> {
    const text = textOf(window.findLast(({ role }) => role === 'user'));
    return Promise.resolve(
      `This is an offline stand-in, not a model. I saw ${countOf(window.length, 'message')}; `
        + `yours has ${countOf(wordsOf(text), 'word')} and begins: “${excerptOf(text, QUOTE_LENGTH)}”`,
    );
  }

  summarize(messages: readonly ContextMessage[]): Promise<string> {
    const asked = messages.filter(({ role }) => role === 'user').map((message) => textOf(message));
    const topics = asked.slice(-TOPICS).map((text) => `“${excerptOf(text, TOPIC_LENGTH)}”`);
    return Promise.resolve(
      `Summary of ${countOf(messages.length, 'message')} by an offline stand-in, not a model. `
        + `The user wrote, last: ${topics.join(', ') || 'nothing'}.`,
    );
  }
}

function textOf(message: ContextMessage | undefined): string {
  return typeof message?.content === 'string' ? message.content : '';
}

function wordsOf(text: string): number {
  return text.split(/\s+/u).filter(Boolean).length;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
