import { EventEmitter } from 'node:events';
import { until } from '../../support/eventually.js';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

/** One server-sent event: its data, which says its type. */
export interface SampleEvent {
  readonly type: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- any JSON, looked into by the tests
  readonly [field: string]: any;
}

/** What an event stream has told since it was opened. */
export class EventLog implements TestResource {
  readonly events: SampleEvent[] = [];
  private readonly heard = new EventEmitter<{ event: [] }>();
  private readonly closing = new AbortController();
  private received = '';
  private hasEnded = false;
  private reading: Promise<void> = Promise.resolve();

  /** All of it as it came. */
  get text(): string {
    return this.received;
  }

  /** Whether the server has ended the stream. */
  get isEnded(): boolean {
    return this.hasEnded;
  }

  static async open(url: string, cookie: string): Promise<EventLog> {
    const log = track(new EventLog());
    const response = await fetch(url, { headers: { cookie }, signal: log.closing.signal });
    if (!response.ok || response.body === null) throw new Error(`GET ${url}: ${response.status}`);
    log.reading = log.read(response.body as AsyncIterable<Uint8Array>);
    return log;
  }

  /** The first event, past or to come, that is the one meant. */
  async next(accept: (event: SampleEvent) => boolean, timeoutMs = 5_000): Promise<SampleEvent> {
    const found = (): SampleEvent | undefined => this.events.find(accept);
    if (found() === undefined) {
      await until(this.heard, 'event', { where: () => found() !== undefined, timeoutMs });
    }
    return found() as SampleEvent;
  }

  /** Forgets what was told so far. */
  clear(): void {
    this.events.length = 0;
  }

  async stop(): Promise<void> {
    this.closing.abort();
    await this.reading;
    untrack(this);
  }

  private async read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let taken = 0;
    try {
      for await (const chunk of body) {
        this.received += decoder.decode(chunk, { stream: true });
        for (let end = this.received.indexOf('\n\n', taken); end >= 0; end = this.received.indexOf('\n\n', taken)) {
          this.take(this.received.slice(taken, end));
          taken = end + 2;
        }
      }
    } catch (error) {
      if (!this.closing.signal.aborted && !(error instanceof TypeError)) throw error; // TypeError: the server is gone
    }
    this.hasEnded = true;
    this.heard.emit('event');
  }

  private take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    const event: unknown = data === undefined ? undefined : JSON.parse(data);
    if (typeof event !== 'object' || event === null || !('type' in event)) return;
    this.events.push(event as SampleEvent);
    this.heard.emit('event');
  }
}
