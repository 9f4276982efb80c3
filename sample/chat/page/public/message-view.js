import { element, textElements } from './dom.js';

/** One message as a list item; its state is `sent`, `sending`, `waiting`, `unsent` or `unanswered`. */
export function messageElement({ role, content, state, reason }, retry) {
  const who = role === 'user' ? 'You' : 'Assistant';
  const note = noteOf(state, reason, retry);
  return element(
    'li',
    { class: `message ${role} ${state}` },
    element('span', { class: 'who' }, who),
    ...textElements(content),
    note,
  );
}

function noteOf(state, reason, retry) {
  if (state === 'sending') return element('div', { class: 'note waiting' }, 'Sending');
  if (state === 'waiting') return element('div', { class: 'note waiting' }, 'Sent, waiting for the answer');
  if (state === 'unanswered') return element('div', { class: 'note' }, `No answer came: ${reason}`);
  if (state !== 'unsent') return undefined;
  const button = element('button', { class: 'quiet', onclick: retry }, 'Send again');
  button.type = 'button';
  return element('div', { class: 'note' }, element('span', {}, `Not sent: ${reason}`), button);
}
