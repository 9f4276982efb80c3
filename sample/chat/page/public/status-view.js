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
  catchingUp:
    'Degraded: Redis answers, and the places that keep your login are being brought in step, or one of them is missing. You stay logged in.',
  off: 'Redis is turned off: answers live in this one process, and logins too where there is no Postgres.',
  lost: 'The server of this page cannot be reached. Trying again.',
};

/** Shows the status of the server, live. `onChange` is called when Redis may answer differently from before. */
export function showStatus(onChange) {
  let last;
  const take = ({ status }) => {
    show(status);
    const now = `${status.level} ${status.connection.state} ${status.connection.breaker}`;
    if (last !== undefined && now !== last) onChange();
    last = now;
  };
  follow('/status/events', { status: take }, { onLost: () => showLevel('lost') });
}

function show({ level, connection, session, queue }) {
  showLevel(level, level === 'degraded' && connection.state === 'connected' ? 'catchingUp' : level);
  setText('state', connection.error === null ? connection.state : `${connection.state} (${connection.error})`);
  setText('driver', connection.driver ?? 'none');
  setText('sockets', socketsText(connection.sockets));
  setText('breaker', connection.breaker);
  setText('session', `from ${session.tier}${session.degraded ? ', degraded' : ''}`);
  setText('dirty', session.dirty === 0 ? 'nothing' : changesText(session.dirty));
  setText('trust', session.trusted ? 'yes' : 'no');
  for (const name of ['waiting', 'active', 'completed', 'failed']) {
    setText(name, queue.counts === null ? '?' : String(queue.counts[name]));
  }
}

function showLevel(level, notice = level) {
  byId('level').dataset.level = level;
  setText('level', LEVELS[level]);
  setText('notice', NOTICES[notice] ?? '');
  byId('notice').hidden = !(notice in NOTICES);
}

function socketsText(sockets) {
  const purposes = Object.entries(sockets).filter(([, count]) => count > 0);
  const total = purposes.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? '0' : `${total}: ${purposes.map(([purpose, count]) => `${purpose} ${count}`).join(', ')}`;
}

function changesText(count) {
  return count === 1 ? '1 change' : `${count} changes`;
}
