/** A browser as far as a session needs one: keeps the cookie it was given. */
export class HttpClient {
  cookie: string | undefined;

  constructor(private readonly origin: string) {}

  /** Follows nothing, reads the whole answer. */
  async get(path: string): Promise<{ status: number; body: unknown; setCookie: string | undefined }> {
    const headers: Record<string, string> = this.cookie === undefined ? {} : { cookie: this.cookie };
    const response = await fetch(this.origin + path, { headers });
    const setCookie = response.headers.getSetCookie()[0];
    if (setCookie !== undefined) this.cookie = setCookie.split(';')[0];
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text, setCookie };
  }

  /** The session's id, out of the signed cookie. */
  get sessionId(): string {
    return decodeURIComponent(this.cookie ?? '')
      .replace(/^connect\.sid=s:/, '')
      .replace(/\..*$/, '');
  }
}
