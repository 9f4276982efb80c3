/**
 * `npm run sample:replay`: sends a recorded conversation through the chat sample, several chats at a time, and checks
 * what the sample, its queue and its Redis hold afterwards. Status 1 where anything differs from what was sent.
 *   npm run sample:replay -- --turns 5          only the first turns of each chat
 *   SAMPLE_URL=http://localhost:3000 npm run sample:replay
 * replays into a sample that runs already; with REDIS_URL beside it, what its Redis holds is checked too.
 */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './lib/install.mjs';
import { Stop, main, say } from './lib/say.mjs';
import { checksOfHttp, checksOfRedis } from './replay/checks.mjs';
import { CONTEXT_MESSAGES } from './replay/limits.mjs';
import { Progress } from './replay/progress.mjs';
import { replayChat } from './replay/replay-chat.mjs';
import { provideSample } from './replay/provide-sample.mjs';

const RECORDING = new URL('../sample/chat/replay/conversation.json', import.meta.url);

await main(async () => {
  const chats = readChats();
  await ensureInstalled();
  const sample = await provideSample();
  try {
    const results = await Promise.race([replay(sample.url, chats), sample.ended]);
    return report([...(await checksOfHttp(results)), ...(await checksOfRedis(sample.redisUrl, results))]);
  } finally {
    await sample.end();
  }
});

/** The recorded chats, each under a user of this run alone. */
function readChats() {
  const { values } = parseArgs({ options: { turns: { type: 'string' } } });
  const limit = values.turns === undefined ? Number.POSITIVE_INFINITY : Number(values.turns);
  if (!(limit >= 1)) throw new Stop('--turns must be a number of at least 1');
  const run = randomUUID().slice(0, 8);
  const { chats } = JSON.parse(readFileSync(RECORDING, 'utf8'));
  return chats.map(({ user, chat, turns }) => ({ user: `${user}-${run}`, chat, turns: turns.slice(0, limit) }));
}

async function replay(url, chats) {
  const total = chats.reduce((sum, { turns }) => sum + turns.length, 0);
  say(`Replaying ${total} turns in ${chats.length} chats; the context keeps ${CONTEXT_MESSAGES} messages of each`);
  const progress = new Progress(total);
  try {
    return await Promise.all(chats.map((chat) => replayChat(url, chat, () => progress.step())));
  } finally {
    progress.end();
  }
}

function report(checks) {
  for (const { what, expected, found } of checks) {
    say(`${expected === found ? 'ok    ' : 'DIFFERS'} ${what}: ${found} of ${expected}`);
  }
  const differences = checks.filter(({ expected, found }) => expected !== found).length;
  say(differences === 0 ? 'Everything that was sent is there.' : `${differences} of ${checks.length} counts differ.`);
  return differences === 0 ? 0 : 1;
}
