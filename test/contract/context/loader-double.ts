import type { ContextLoader, ContextMessage } from '../../../lib/context/index.js';
import { deferred } from '../../support/eventually.js';
import type { Deferred } from '../../support/eventually.js';

/** A load that was begun: what was in the database then, to be handed over when the test says so. */
export interface HeldLoad {
  readonly chatId: string;
  readonly tenant: string | undefined;
  readonly limit: number;
  readonly signal: AbortSignal;
  finish(): void;
  fail(error: unknown): void;
}

/** The database behind a context: answers at once, or holds each load until it is told. */
export class LoaderDouble {
  readonly rows: ContextMessage[] = [];
  readonly loads: HeldLoad[] = [];
  hold = false;
  private next: Deferred<HeldLoad> = deferred<HeldLoad>();

  readonly loader: ContextLoader = (chatId, { tenant, limit, signal }) => {
    const found = this.rows.slice(-limit);
    const answer = deferred<readonly ContextMessage[]>();
    const held = { chatId, tenant, limit, signal, finish: () => answer.resolve(found), fail: answer.reject };
    this.loads.push(held);
    if (!this.hold) held.finish();
    const { resolve } = this.next;
    this.next = deferred<HeldLoad>();
    resolve(held);
    return answer.promise;
  };

  /** The next load that begins; call it before what begins one. */
  nextLoad(): Promise<HeldLoad> {
    return this.next.promise;
  }

  /** Writes a message where the loader finds it. */
  write(message: ContextMessage): ContextMessage {
    this.rows.push(message);
    return message;
  }
}

/** A message whose id is its content. */
export function row(content: string): ContextMessage {
  return { role: 'user', content, id: content };
}
