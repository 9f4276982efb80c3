import { Redis } from 'ioredis';
import { say } from '../lib/say.mjs';
import { CONTEXT_MESSAGES, WINDOW_MESSAGES } from './limits.mjs';

const sumOf = (list, number) => list.reduce((sum, item) => sum + number(item), 0);

/** What the sample says that it has, against what was sent. */
export async function checksOfHttp(results) {
  const views = await Promise.all(results.map(viewOf));
  const turns = sumOf(results, (result) => result.turns.length);
  const windows = sumOf(results, (result) => expectedWindow(result).length);
  return [
    { what: 'messages stored, by GET /chats', expected: 2 * turns, found: sumOf(views, ({ stored }) => stored) },
    { what: 'answers told by the event streams', expected: turns, found: sumOf(results, ({ client }) => client.told) },
    { what: 'chats answered by Redis', expected: results.length, found: views.filter(({ hit }) => hit).length },
    { what: 'messages of the windows', expected: windows, found: sumOf(views, ({ messages }) => messages.length) },
    { what: 'messages in their place', expected: windows, found: sumOf(views, matchesOf) },
  ];
}

/** What Redis holds, asked over a connection of our own. */
export async function checksOfRedis(url, results) {
  if (url === undefined) {
    say('REDIS_URL is not set: what the Redis of the sample holds is not checked');
    return [];
  }
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    const jobs = results.flatMap((result) => result.jobs);
    const finished = await Promise.all(jobs.map((id) => redis.zscore('bull:answers:completed', id)));
    const failed = await Promise.all(jobs.map((id) => redis.zscore('bull:answers:failed', id)));
    const lists = await Promise.all(results.map((result) => redis.llen(listOf(result))));
    const expected = sumOf(results, (result) => expectedWindow(result).length);
    return [
      { what: 'different jobs', expected: sumOf(results, ({ turns }) => turns.length), found: new Set(jobs).size },
      { what: 'jobs done, by Redis', expected: jobs.length, found: finished.filter((at) => at !== null).length },
      { what: 'jobs failed, by Redis', expected: 0, found: failed.filter((at) => at !== null).length },
      { what: 'messages of the context, by Redis', expected, found: sumOf(lists, (length) => length) },
    ];
  } finally {
    redis.disconnect();
  }
}

async function viewOf(result) {
  const { chats } = await result.client.get('/chats');
  const view = await result.client.get(`${result.client.path}/messages`);
  const stored = chats.find(({ id }) => id === result.chat)?.messages ?? 0;
  return { ...view, stored, expected: expectedWindow(result) };
}

/** The newest messages: each turn and its answer, which says how many messages the worker saw. */
function expectedWindow({ turns, jobs }) {
  const all = turns.flatMap((text, index) => {
    const seen = Math.min(2 * index + 1, WINDOW_MESSAGES);
    return [
      { role: 'user', id: `turn-${index}`, content: text },
      { role: 'assistant', id: jobs[index], seen },
    ];
  });
  return all.slice(-CONTEXT_MESSAGES);
}

function matchesOf({ messages, expected }) {
  return expected.filter((wanted, index) => isMatch(messages[index], wanted)).length;
}

function isMatch(found, { role, id, content, seen }) {
  if (found === undefined || found.role !== role || found.id !== id) return false;
  if (content !== undefined) return found.content === content;
  const said = /^This is an offline stand-in, not a model\. I saw (\d+) message/.exec(found.content);
  return said === null || Number(said[1]) === seen;
}

/** The library's key of a chat: user and chat, percent-encoded. */
function listOf({ user, chat }) {
  return `dialog:chat:{${encodeURIComponent(user)}:${encodeURIComponent(chat)}}:m`;
}
