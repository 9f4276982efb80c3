import type { MessageEvent } from '@nestjs/common';
import { interval, map, merge, of, takeUntil } from 'rxjs';
import type { Observable } from 'rxjs';

const HEARTBEAT_MS = 15_000;

/**
 * Events as Nest sends them, each under its `type`; from time to time a comment, so that proxies keep the stream open.
 * The first says after how many milliseconds to come back when the stream breaks.
 */
export function toEventStream<T extends { readonly type: string }>(
  events: Observable<T>,
  until: Observable<unknown>,
): Observable<MessageEvent> {
  const messages = events.pipe(map((event): MessageEvent => ({ type: event.type, data: event })));
  const beats = interval(HEARTBEAT_MS).pipe(map((): MessageEvent => ({ comment: 'still here' })));
  const hello: MessageEvent = { type: 'hello', retry: 1_000, data: {} };
  return merge(of(hello), messages, beats).pipe(takeUntil(until));
}
