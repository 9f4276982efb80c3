import { EventLog } from './event-log.js';

/** An answer of the sample. */
export interface SampleAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- any JSON, looked into by the tests
  readonly body: any;
  readonly elapsedMs: number;
}

/** A client of the sample with a cookie of its own, which keeps every text that it was answered. */
export class SampleClient {
  private cookie = '';
  private readonly texts: string[] = [];
  private readonly logs: EventLog[] = [];

  constructor(private url: string) {}

  /** Everything that the sample answered. */
  get transcript(): string {
    return [...this.texts, ...this.logs.map(({ text }) => text)].join('\n');
  }

  /** Speaks to another sample from now on, with the same cookie. */
  moveTo(url: string): void {
    this.url = url;
  }

  get(path: string): Promise<SampleAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<SampleAnswer> {
    return this.send('POST', path, JSON.stringify(body));
  }

  logIn(user: string): Promise<SampleAnswer> {
    return this.post('/login', { user });
  }

  /** One request. The body is sent as it is, as JSON. */
  async send(method: string, path: string, body?: string): Promise<SampleAnswer> {
    const started = performance.now();
    const headers = { cookie: this.cookie, 'content-type': 'application/json' };
    const response = await fetch(this.url + path, { method, headers, ...(body !== undefined && { body }) });
    const text = await response.text();
    this.texts.push(JSON.stringify([...response.headers]), text);
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.cookie;
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text, elapsedMs: performance.now() - started };
  }

  /** Follows an event stream; the log is there when the stream has begun. */
  async follow(path: string): Promise<EventLog> {
    const log = await EventLog.open(this.url + path, this.cookie);
    this.logs.push(log);
    return log;
  }

  /** Ends the streams. */
  async close(): Promise<void> {
    await Promise.all(this.logs.map((log) => log.stop()));
  }
}
