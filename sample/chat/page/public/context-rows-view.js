import { byId, element } from './dom.js';

const WHO = { user: 'You', assistant: 'Assistant', system: 'Summary', tool: 'Tool' };
const NEAR_END_PX = 60;

/** Lists the messages of a chat: what is left out, and from a line on what is in the window. */
export function showRows({ rows, limits, table, reason }) {
  const list = byId('context-rows');
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
  const { scrollTop } = list;
  const isRedisOut = reason === 'redis_error' || reason === 'disabled';
  const isOpen = list.querySelector('.replaced')?.open === true;
  const replaced = rows.filter(({ place }) => place === 'summary');
  const shown = rows.filter(({ place }) => place !== 'summary');
  const first = shown.find(({ place }) => place === 'window');
  const summary = shown.findLast(({ role }) => role === 'system');
  const items = shown.flatMap((row) => {
    const inside = row === summary && replaced.length > 0 ? replacedElement(replaced, isOpen) : undefined;
    const item = rowElement(row, { ...limits, isRedisOut }, inside);
    return row === first ? [edgeElement(), item] : [item];
  });
  list.replaceChildren(...olderElements(rows, table), ...items);
  list.scrollTop = isAtEnd ? list.scrollHeight : scrollTop;
}

/** Brings the summary to where it is seen, in the list and not on the page. */
export function scrollToSummary() {
  const list = byId('context-rows');
  const summary = list.querySelector(':scope > .system');
  if (summary !== null) list.scrollTop = summary.offsetTop;
}

function rowElement({ role, text, tokens, sequence, place }, known, inside) {
  const isIn = place === 'window';
  const mark = isIn ? element('span', { class: 'unseen' }, 'in the window') : markElement(place, known);
  const missing = known.isRedisOut ? undefined : element('span', {}, 'not in Redis');
  return element(
    'li',
    { class: `context-row ${role}${isIn ? '' : ' out'}` },
    element(
      'div',
      { class: 'line' },
      element('span', { class: 'who' }, WHO[role]),
      sequence === null ? missing : element('span', { class: 'sequence' }, `#${sequence}`),
      mark,
      element('span', { class: 'tokens' }, tokens === 1 ? '1 token' : `${tokens} tokens`),
    ),
    element('p', { dir: 'auto' }, text),
    inside,
  );
}

function markElement(place, { windowMessages, contextMessages }) {
  const marks = {
    budget: 'over the budget',
    count: `past the newest ${windowMessages}`,
    cap: `past the cap of ${contextMessages}`,
    summary: 'replaced',
    pending: 'on its way',
  };
  return element('span', { class: 'mark' }, marks[place] ?? place);
}

function edgeElement() {
  return element('li', { class: 'context-edge' }, 'The window begins here');
}

/** The messages that a summary stands for: out of the context, and in the table still. */
function replacedElement(replaced, isOpen) {
  const title = replaced.length === 1 ? 'The message it stands for' : `The ${replaced.length} messages it stands for`;
  const list = element('ol', {}, ...replaced.map((row) => rowElement(row, { isRedisOut: true })));
  const made = element('details', { class: 'replaced' }, element('summary', {}, title), list);
  made.open = isOpen;
  return made;
}

function olderElements(rows, table) {
  const listed = rows.filter(({ position }) => position !== null).length;
  const older = (table.messages ?? 0) - listed;
  return older > 0 && table.messages !== null ? [element('li', { class: 'hint' }, `${older} older in the table`)] : [];
}
