import { createHmac } from 'node:crypto';

/** An id as express-session signs it. */
export function signed(id: string, secret = 'test'): string {
  const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
  return encodeURIComponent(`s:${id}.${signature}`);
}

/** A cookie as a server sets it. */
export interface SetCookie {
  readonly text: string;
  readonly value: string;
  /** By lowercase name; `true` where it has no value. */
  readonly attributes: Readonly<Record<string, string | true>>;
  /** Milliseconds from now to `Expires`, undefined where that is not set. */
  readonly leftMs: number | undefined;
}

export interface VisitorAnswer {
  readonly status: number;
  readonly body: { readonly value?: unknown; readonly kind?: string; readonly message?: string };
  readonly value: unknown;
  /** By name. */
  readonly cookies: Readonly<Record<string, SetCookie>>;
}

/** A browser as far as sessions need one: keeps each cookie by its name, and sends all, expired ones too. */
export class Visitor {
  readonly jar = new Map<string, string>();

  constructor(private readonly origin: string) {}

  /** Another browser with the same cookies. */
  copy(): Visitor {
    const copy = new Visitor(this.origin);
    for (const [name, value] of this.jar) copy.jar.set(name, value);
    return copy;
  }

  /** The value of the answer; anything but 200 is an error. */
  async value(path = '/', headers: Record<string, string> = {}): Promise<unknown> {
    const { status, value, body } = await this.get(path, headers);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    return value;
  }

  /** Follows nothing, reads the whole answer. */
  async get(path = '/', headers: Record<string, string> = {}): Promise<VisitorAnswer> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.origin + path, { headers: cookie === '' ? headers : { cookie, ...headers } });
    const cookies = Object.fromEntries(response.headers.getSetCookie().map(parse));
    for (const [name, { value }] of Object.entries(cookies)) this.jar.set(name, value);
    const text = await response.text();
    const body = (text.startsWith('{') ? JSON.parse(text) : { value: text }) as VisitorAnswer['body'];
    return { status: response.status, body, value: body.value, cookies };
  }

  /** The session's id, out of the signed cookie. */
  idOf(name = 'connect.sid'): string {
    const value = decodeURIComponent(this.jar.get(name) ?? '').replace(/^s:/, '');
    return value.slice(0, Math.max(0, value.lastIndexOf('.')));
  }
}

function parse(text: string): [string, SetCookie] {
  const [pair = '', ...parts] = text.split('; ');
  const name = pair.slice(0, pair.indexOf('='));
  const attributes = Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [part.toLowerCase(), true as const] : [part.slice(0, at).toLowerCase(), part.slice(at + 1)];
    }),
  );
  const { expires } = attributes;
  const leftMs = typeof expires === 'string' ? new Date(expires).getTime() - Date.now() : undefined;
  return [name, { text, value: pair.slice(name.length + 1), attributes, leftMs }];
}
