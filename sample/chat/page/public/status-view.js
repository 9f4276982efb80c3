import { byId, setText } from './dom.js';
import { follow } from './stream.js';

const LEVELS = {
  up: 'Connected',
  degraded: 'Degraded',
  off: 'Redis is off',
  lost: 'No server',
};

const NOTICES = {
  degraded:
    'Degraded: Redis does not answer. You stay logged in. What you send now may have to be sent again; answers come by themselves when Redis is back.',
  off: 'Redis is turned off: sessions and answers live in the memory of this one process.',
  lost: 'The server of this page cannot be reached. Trying again.',
};

/** Shows the status of the server, live. */
export function showStatus() {
  follow('/status/events', { status: ({ status }) => show(status) }, { onLost: () => showLevel('lost') });
}

function show({ level, connection, session, queue }) {
  showLevel(level);
  setText('state', connection.error === null ? connection.state : `${connection.state} (${connection.error})`);
  setText('driver', connection.driver ?? 'none');
  setText('sockets', socketsText(connection.sockets));
  setText('breaker', connection.breaker);
  setText('session', sessionText(session));
  for (const name of ['waiting', 'active', 'completed', 'failed']) {
    setText(name, queue.counts === null ? '?' : String(queue.counts[name]));
  }
}

function showLevel(level) {
  byId('level').dataset.level = level;
  setText('level', LEVELS[level]);
  setText('notice', NOTICES[level] ?? '');
  byId('notice').hidden = !(level in NOTICES);
}

function socketsText(sockets) {
  const purposes = Object.entries(sockets).filter(([, count]) => count > 0);
  const total = purposes.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? '0' : `${total}: ${purposes.map(([purpose, count]) => `${purpose} ${count}`).join(', ')}`;
}

function sessionText({ tier, degraded, dirty }) {
  const waiting = dirty > 0 ? `, ${dirty} to copy back` : '';
  return `from ${tier}${degraded ? ', degraded' : ''}${waiting}`;
}
