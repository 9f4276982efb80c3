import { request } from './api.js';
import { showChats } from './chats-view.js';
import { ContextPanel } from './context-panel.js';
import { Conversation } from './conversation.js';
import { byId, setText } from './dom.js';
import { showStatus } from './status-view.js';

const FIRST_CHAT = 'First chat';
const RETRY_MS = 1_000;

let user;
let conversation;
let context;

showStatus(() => void context?.refresh());
byId('login-form').addEventListener('submit', (event) => void logIn(event));
byId('logout').addEventListener('click', () => void logOut());
byId('logout-everywhere').addEventListener('click', () => void logOutEverywhere());
byId('open-form').addEventListener('submit', openNamed);
byId('send-form').addEventListener('submit', send);
byId('text').addEventListener('keydown', sendOnEnter);
window.addEventListener('hashchange', () => user && openChat());
window.addEventListener('focus', () => user && void check());
await resume();

/** Goes on with the login that there is. An answer that is neither yes nor no is asked again. */
async function resume() {
  try {
    enter((await request('GET', '/me')).user);
  } catch (error) {
    if (error.status === 401) leave();
    else setTimeout(() => void resume(), RETRY_MS);
  }
}

/** Another browser may have ended this login. */
async function check() {
  try {
    await request('GET', '/me');
  } catch (error) {
    if (error.status === 401) leave();
  }
}

async function logIn(event) {
  event.preventDefault();
  setText('login-error', '');
  try {
    enter((await request('POST', '/login', { user: byId('name').value })).user);
  } catch (error) {
    setText('login-error', error.message);
  }
}

async function logOut() {
  try {
    await request('POST', '/logout');
    leave();
  } catch (error) {
    if (error.status === 401) leave();
    else window.alert(`You are still logged in: ${error.message}`);
  }
}

async function logOutEverywhere() {
  try {
    await request('POST', '/logout/everywhere');
    leave();
  } catch (error) {
    if (error.status !== 401) window.alert(`You may still be logged in elsewhere: ${error.message}`);
    await check();
  }
}

function enter(name) {
  user = name;
  setText('user', user);
  showParts(true);
  openChat();
}

function leave() {
  user = undefined;
  closeChat();
  showParts(false);
  byId('name').focus();
}

function showParts(isLoggedIn) {
  byId('login').hidden = isLoggedIn;
  byId('chat').hidden = !isLoggedIn;
  byId('account').hidden = !isLoggedIn;
}

/** Opens the chat that the address names, so that a reload comes back to it. */
function openChat() {
  const chatId = chatOfAddress();
  closeChat();
  setText('chat-title', chatId);
  const panel = new ContextPanel({ chatId, onLoggedOut: leave });
  const onChange = () => {
    void panel.refresh();
    void listChats(chatId);
  };
  context = panel;
  conversation = new Conversation({ user, chatId, budgetOf: () => panel.budget, onChange, onLoggedOut: leave });
  byId('text').focus();
}

function closeChat() {
  conversation?.close();
  context?.close();
  conversation = undefined;
  context = undefined;
}

async function listChats(current) {
  try {
    await showChats(current, (id) => (location.hash = encodeURIComponent(id)));
  } catch (error) {
    if (error.status === 401) leave();
  }
}

function chatOfAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1)) || FIRST_CHAT;
  } catch {
    return FIRST_CHAT;
  }
}

function openNamed(event) {
  event.preventDefault();
  location.hash = encodeURIComponent(byId('chat-name').value.trim());
  byId('chat-name').value = '';
}

function send(event) {
  event.preventDefault();
  const field = byId('text');
  if (field.value.trim() === '') return;
  void conversation.send(field.value);
  field.value = '';
}

function sendOnEnter(event) {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId('send-form').requestSubmit();
}
