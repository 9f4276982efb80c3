import { chatPath, request } from './api.js';
import { byId } from './dom.js';
import { messageElement } from './message-view.js';
import { Outbox } from './outbox.js';
import { follow } from './stream.js';
import { showWindow } from './window-view.js';

const NEAR_END_PX = 80;

/** One chat on the page: its messages, those that were not sent yet, and its events. */
export class Conversation {
  messages = new Map();
  /** Message id to the id that its answer will have. */
  waiting = new Map();
  isClosed = false;

  constructor({ user, chatId, budgetOf, onChange, onLoggedOut }) {
    this.chatId = chatId;
    this.outbox = new Outbox(user, chatId);
    this.budgetOf = budgetOf;
    this.onChange = onChange;
    this.onLoggedOut = onLoggedOut;
    byId('messages').replaceChildren();
    showWindow(null);
    const handlers = {
      message: ({ message }) => this.take(message),
      answer: (answer) => this.takeAnswer(answer),
      failed: ({ messageId, reason }) => this.mark(messageId, 'unanswered', reason),
    };
    const refresh = () => void this.refresh();
    this.unfollow = follow(chatPath(chatId, 'events'), handlers, { onOpen: refresh, onLost: refresh });
  }

  close() {
    this.isClosed = true;
    this.unfollow();
  }

  /** Reads what the event stream may have missed. */
  async refresh() {
    try {
      const { messages: held, history, window } = await request('GET', chatPath(this.chatId, 'messages'));
      if (this.isClosed) return;
      const messages = history ?? held.filter(({ role }) => role !== 'system');
      for (const message of messages) this.take(message);
      this.reorder(messages.map(({ id }) => id));
      for (const [id, { text, reason }] of this.outbox.entries) this.takeUnsent(id, text, reason);
      if (window !== null) showWindow(window);
      this.onChange();
    } catch (error) {
      if (error.status === 401) this.onLoggedOut();
    }
  }

  send(text) {
    const id = crypto.randomUUID?.() ?? `m-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    return this.post(id, text);
  }

  async post(id, text) {
    this.outbox.put(id, { text, reason: 'the page was left' });
    this.show({ id, role: 'user', content: text, state: 'sending' });
    try {
      const message = { id, text, budget: this.budgetOf() };
      const { jobId } = await request('POST', chatPath(this.chatId, 'messages'), message);
      this.outbox.remove(id);
      this.waiting.set(id, jobId);
      this.mark(id, this.messages.has(jobId) ? 'sent' : 'waiting');
    } catch (error) {
      if (error.status === 401) this.onLoggedOut();
      const reason = reasonOf(error);
      this.outbox.put(id, { text, reason });
      this.mark(id, 'unsent', reason);
    }
    this.onChange();
  }

  /** A message that the server has. */
  take(message) {
    const known = this.messages.get(message.id);
    if (known === undefined) this.show({ ...message, state: 'sent' });
    for (const [id, answerId] of this.waiting) {
      if (answerId === message.id) this.mark(id, 'sent');
    }
  }

  takeAnswer({ message, window }) {
    this.take(message);
    showWindow(window);
    this.onChange();
  }

  takeUnsent(id, text, reason) {
    const known = this.messages.get(id);
    if (known === undefined) this.show({ id, role: 'user', content: text, state: 'unsent', reason });
    else if (known.state === 'sent') this.mark(id, 'unsent', reason);
  }

  mark(id, state, reason) {
    const known = this.messages.get(id);
    if (known === undefined) return;
    if (state !== 'waiting') this.waiting.delete(id);
    this.show({ ...known, state, reason });
  }

  show(message) {
    if (this.isClosed) return;
    const log = byId('log');
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    const shown = messageElement(message, () => void this.post(message.id, message.content));
    const known = this.messages.get(message.id);
    if (known === undefined) byId('messages').append(shown);
    else known.shown.replaceWith(shown);
    this.messages.set(message.id, { ...message, shown });
    if (isAtEnd || message.state === 'sending') log.scrollTop = log.scrollHeight;
  }

  /** An event may have come before the answer that tells what was missed. */
  reorder(ids) {
    const known = [...this.messages.keys()].filter((id) => ids.includes(id));
    if (known.every((id, index) => id === ids[index])) return;
    const rest = [...this.messages.keys()].filter((id) => !ids.includes(id));
    this.messages = new Map([...ids, ...rest].map((id) => [id, this.messages.get(id)]));
    byId('messages').replaceChildren(...[...this.messages.values()].map(({ shown }) => shown));
  }
}

function reasonOf({ status, kind, message }) {
  if (status === 0) return 'the server cannot be reached';
  if (kind === 'database') return 'the database does not answer';
  if (status === 503) return kind === 'disabled' ? 'Redis is off' : `Redis does not answer (${kind})`;
  return message;
}
