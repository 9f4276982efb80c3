import { chatPath, request } from './api.js';
import { showBudget } from './budget-bar.js';
import { scrollToSummary, showRows } from './context-rows-view.js';
import { byId, setText } from './dom.js';

/** A model may be asked for the summary. */
const SUMMARY_DEADLINE_MS = 65_000;
const SOURCES = { redis: 'Redis', loader: 'Loader', none: 'Nobody' };
const REASONS = {
  cold: 'Redis did not hold the chat',
  redis_error: 'Redis did not answer',
  disabled: 'Redis is off',
  corrupt: 'Redis held nothing readable',
};
const TABLES = { postgres: 'the Postgres table', memory: 'the memory of the server' };

/** The context of one chat as a model would be given it, live: what is in it, what is not, and why. */
export class ContextPanel {
  view;
  isClosed = false;
  /** Whether something has changed since what is being read now was asked for. */
  isStale = false;
  isReading = false;
  isActing = false;

  constructor({ chatId, onLoggedOut }) {
    this.chatId = chatId;
    this.onLoggedOut = onLoggedOut;
    this.listening = new AbortController();
    const { signal } = this.listening;
    byId('budget').addEventListener('input', () => this.setBudget(), { signal });
    byId('compact').addEventListener('click', () => void this.compact(), { signal });
    byId('expire').addEventListener('click', () => void this.expire(), { signal });
    byId('context-rows').replaceChildren();
    setText('context-action', '');
    void this.refresh();
  }

  close() {
    this.isClosed = true;
    this.listening.abort();
  }

  /** Reads again; one read at a time, and the last one asked for is always made. */
  async refresh() {
    this.isStale = true;
    if (this.isReading || this.isActing) return;
    this.isReading = true;
    this.showBusy();
    while (this.isStale && !this.isClosed && !this.isActing) {
      this.isStale = false;
      await this.attempt(() => this.read());
    }
    this.isReading = false;
    this.showBusy();
  }

  /** What was asked for before an action is not what there is after it. */
  async read() {
    const view = await request('GET', this.path(''));
    if (!this.isActing) this.show(view);
  }

  setBudget() {
    if (this.view !== undefined) showBudget(this.view, this.budget);
    void this.refresh();
  }

  compact() {
    return this.act('Summarizing the older messages', 'Nothing was summarized', async () => {
      const { replaced, conflict, view } = await request('POST', this.path('/compact'), undefined, SUMMARY_DEADLINE_MS);
      this.show(view);
      scrollToSummary();
      return compactText(replaced, conflict, view);
    });
  }

  expire() {
    return this.act('Making Redis forget this chat', 'Redis was not told to forget', async () => {
      const view = await request('POST', this.path('/expire'));
      this.show(view);
      return view.source === 'loader' ? 'The key was gone: the loader answered, and Redis has the chat again.' : '';
    });
  }

  /** One at a time; what it shows is read again only where that is not of now. */
  async act(doing, failed, work) {
    if (this.isActing) return;
    this.isActing = true;
    this.showBusy();
    setText('context-action', `${doing}…`);
    const done = await this.attempt(work, (reason) => setText('context-action', `${failed}: ${reason}`));
    if (done !== undefined && !this.isClosed) setText('context-action', done);
    this.isActing = false;
    this.showBusy();
    if (done === undefined || this.view?.budget !== this.budget) void this.refresh();
  }

  async attempt(work, tell = (reason) => setText('context-report', `The context cannot be read: ${reason}`)) {
    try {
      return await work();
    } catch (error) {
      if (this.isClosed) return undefined;
      if (error.status === 401) this.onLoggedOut();
      tell(reasonOf(error));
      return undefined;
    }
  }

  show(view) {
    if (this.isClosed) return;
    this.view = view;
    const { source } = view;
    byId('context-source').dataset.source = source;
    setText('context-source', SOURCES[source]);
    setText('context-report', reportOf(view));
    showRows(view);
    showBudget(view, this.budget);
  }

  showBusy() {
    if (!this.isClosed) byId('context').setAttribute('aria-busy', String(this.isReading || this.isActing));
  }

  /** The slider begins at 0, to be on one scale with the bar; a window has a token at least. */
  get budget() {
    return Math.max(1, Number(byId('budget').value));
  }

  path(what) {
    return `${chatPath(this.chatId, 'context')}${what}?budget=${this.budget}`;
  }
}

function reportOf({ source, reason, errorKind, tookMs, table }) {
  const from =
    source === 'redis' ? 'From Redis' : source === 'loader' ? `Loaded from ${TABLES[table.kind]}` : 'From nowhere';
  const kind = errorKind === undefined ? '' : ` (${errorKind})`;
  const why = reason === undefined ? '' : `: ${REASONS[reason] ?? reason}${kind}`;
  const kept = table.messages === null ? ' The table cannot be read: what only it has is not shown.' : '';
  return `${from} in ${tookMs} ms${why}.${kept}`;
}

function compactText(replaced, conflict, { rows }) {
  if (conflict) return 'The chat changed meanwhile: it was loaded again, with its summary.';
  if (replaced === 0) return 'There is nothing to summarize yet: the newest 4 messages stay as they are.';
  const old = rows.filter(({ place }) => place === 'summary');
  const before = old.reduce((sum, { tokens }) => sum + tokens, 0);
  const after = rows.find(({ role }) => role === 'system')?.tokens ?? 0;
  return `${old.length} messages of ${before} tokens are one summary of ${after} now. The table still has them.`;
}

function reasonOf({ status, kind, message }) {
  if (status !== 503) return message;
  if (kind === 'disabled') return 'Redis is off';
  if (kind === 'database') return 'the database does not answer';
  return kind === 'model' ? 'the model gave no answer' : `Redis does not answer (${kind})`;
}
