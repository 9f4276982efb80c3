import { request } from './api.js';
import { byId, element } from './dom.js';

/** The list of the user's chats, and the one that is open. */
export async function showChats(current, open) {
  const { chats } = await request('GET', '/chats');
  const ids = chats.map(({ id }) => id);
  const shown = ids.includes(current) ? ids : [current, ...ids];
  byId('chats').replaceChildren(...shown.map((id) => element('li', {}, buttonOf(id, id === current, open))));
}

function buttonOf(id, isCurrent, open) {
  const button = element('button', { dir: 'auto', onclick: () => open(id) }, id);
  button.type = 'button';
  if (isCurrent) button.setAttribute('aria-current', 'true');
  return button;
}
