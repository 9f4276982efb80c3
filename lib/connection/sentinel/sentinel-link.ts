import type { DriverClient } from '../../drivers/driver.interface.js';
import { withDeadline } from '../../utils/deadline.js';
import { askSentinel } from './ask-sentinel.js';
import type { SentinelAnswer } from './choose-answer.js';

/** How long a sentinel may take to be reached and to answer. @internal */
export const SENTINEL_ANSWER_MS = 1_000;

/** One socket to one sentinel, opened by the first question. @internal */
export class SentinelLink {
  constructor(
    private readonly client: DriverClient,
    private readonly group: string,
  ) {}

  get isOpen(): boolean {
    return this.client.isReady;
  }

  ask(): Promise<SentinelAnswer> {
    return withDeadline(this.converse(), SENTINEL_ANSWER_MS, late);
  }

  async end(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  private async converse(): Promise<SentinelAnswer> {
    if (!this.client.isReady) await this.client.connect(SENTINEL_ANSWER_MS);
    return askSentinel(this.client.send, this.group);
  }
}

function late(): Error {
  return Object.assign(new Error(`no answer within ${SENTINEL_ANSWER_MS} ms`), { code: 'ETIMEDOUT' });
}
