import { byId, element, setText } from './dom.js';

const SOURCES = { redis: 'from Redis', loader: 'from the database', none: 'from nowhere' };
const REASONS = {
  cold: 'Redis did not hold the chat',
  redis_error: 'Redis did not answer',
  disabled: 'Redis is off',
  corrupt: 'Redis held nothing readable',
};

/** Shows the context window that the worker had before it when it answered last. */
export function showWindow(window) {
  if (window === null) {
    setText('window-report', 'Nothing yet: send a message.');
    byId('window').replaceChildren();
    return;
  }
  const { messages, source, reason } = window;
  const why = reason === undefined ? '' : `: ${REASONS[reason] ?? reason}`;
  setText('window-report', `${messages.length} message${messages.length === 1 ? '' : 's'} ${SOURCES[source]}${why}`);
  byId('window').replaceChildren(...messages.map(rowOf));
  byId('window').scrollTop = byId('window').scrollHeight;
}

function rowOf({ role, content }) {
  return element(
    'li',
    { class: role },
    element('span', { class: 'who' }, role),
    element('p', { dir: 'auto' }, content),
  );
}
