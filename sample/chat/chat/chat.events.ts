import { Injectable } from '@nestjs/common';
import { filter, map, Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import type { ChatEvent, ChatKey } from './chat.interface.js';

/** What happens in the chats, for the streams of this process. What a stream missed is read by GET. */
@Injectable()
export class ChatEvents {
  private readonly subject = new Subject<{ readonly key: ChatKey; readonly event: ChatEvent }>();

  emit(key: ChatKey, event: ChatEvent): void {
    this.subject.next({ key, event });
  }

  of({ user, chatId }: ChatKey): Observable<ChatEvent> {
    return this.subject.pipe(
      filter(({ key }) => key.user === user && key.chatId === chatId),
      map(({ event }) => event),
    );
  }
}
