import { EventEmitter, once } from 'node:events';
import { Stop, say } from '../lib/say.mjs';
import { readEvents } from './read-events.mjs';

/** One person in one chat of the sample, over HTTP. */
export class ChatClient {
  #cookie = '';
  #answers = new Map();
  #arrived = new EventEmitter();
  #closing = new AbortController();

  constructor(url, user, chat) {
    this.url = url;
    this.user = user;
    this.path = `/chats/${encodeURIComponent(chat)}`;
  }

  /** Answers that the event stream told of. */
  get told() {
    return [...this.#answers.values()].filter(({ isTold }) => isTold).length;
  }

  async logIn() {
    const response = await this.#fetch('POST', '/login', { user: this.user });
    if (!response.ok) throw new Stop(`The sample refused the login: ${response.status} ${await response.text()}`);
    this.#cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }

  async post(id, text) {
    const response = await this.#fetch('POST', `${this.path}/messages`, { id, text });
    return { status: response.status, body: await response.json() };
  }

  /** @returns {Promise<any>} */
  async get(path) {
    const response = await this.#fetch('GET', path);
    if (!response.ok) throw new Stop(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Reads the chat's event stream until {@link close}, or until it breaks: {@link refresh} gives what it missed. */
  async follow() {
    const { signal } = this.#closing;
    try {
      const response = await this.#fetch('GET', `${this.path}/events`, undefined, signal);
      for await (const { type, data } of readEvents(response.body)) {
        if (type === 'answer') this.#take(data.message, true);
      }
    } catch (error) {
      if (!signal.aborted) say(`An event stream broke: ${error.message}`);
    }
  }

  /** Reads what the stream may have missed. */
  async refresh() {
    const { messages } = await this.get(`${this.path}/messages`);
    for (const message of messages) this.#take(message, false);
  }

  /** The answer, when it is there in time. */
  async answer(id, timeoutMs) {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!this.#answers.has(id) && !signal.aborted) {
      await once(this.#arrived, 'answer', { signal }).catch(() => undefined);
    }
    return this.#answers.get(id);
  }

  close() {
    this.#closing.abort();
  }

  #take(message, isTold) {
    if (this.#answers.get(message.id)?.isTold) return;
    this.#answers.set(message.id, { message, isTold });
    this.#arrived.emit('answer');
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {AbortSignal | null} [signal]
   */
  #fetch(method, path, body, signal = null) {
    const headers = { cookie: this.#cookie, 'content-type': 'application/json' };
    return fetch(this.url + path, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal });
  }
}
