import { setTimeout as pause } from 'node:timers/promises';
import { Stop } from '../lib/say.mjs';
import { ChatClient } from './chat-client.mjs';

const ATTEMPTS = 20;
const RETRY_MS = 500;
const ANSWER_DEADLINE_MS = 60_000;

/** Sends the turns of one chat, each when the one before was answered, and gives what was seen. */
export async function replayChat(url, { user, chat, turns }, onTurn) {
  const client = new ChatClient(url, user, chat);
  await client.logIn();
  const events = client.follow();
  const jobs = [];
  try {
    for (const [index, text] of turns.entries()) {
      const jobId = await send(client, `turn-${index}`, text);
      jobs.push(jobId);
      await answered(client, jobId);
      onTurn();
    }
  } finally {
    client.close();
    await events;
  }
  return { client, user, chat, turns, jobs };
}

/** Sent again with the same id where the sample says that it may be. */
async function send(client, id, text) {
  for (let attempt = 1; ; attempt += 1) {
    const { status, body } = await client.post(id, text);
    if (status === 202) return body.jobId;
    if (status !== 503 || attempt === ATTEMPTS) {
      throw new Stop(`The sample did not take a message: ${status} ${JSON.stringify(body)}`);
    }
    await pause(RETRY_MS);
  }
}

/** Told by the event stream; what that missed is asked for. */
async function answered(client, answerId) {
  const deadline = Date.now() + ANSWER_DEADLINE_MS;
  while (!(await client.answer(answerId, RETRY_MS))) {
    await client.refresh();
    if (Date.now() > deadline) throw new Stop(`No answer came in ${ANSWER_DEADLINE_MS} ms`);
  }
}
