import { cache } from '../../faults/consumers/cache.js';
import type { ConsumerPlay, EndTools, FaultConsumer } from '../../faults/consumers/consumer.js';
import { context } from '../../faults/consumers/context.js';
import { counter } from '../../faults/consumers/counter.js';
import { queue } from '../../faults/consumers/queue.js';
import { session } from '../../faults/consumers/session.js';
import { idOf, type ErrorReport } from '../../faults/protocol.js';

const error = (outcome: string): ErrorReport => ({
  isRedisError: true,
  kind: 'command-timeout',
  outcome,
  hasCause: false,
  text: '',
});

/** Answers every question with the same, every verb with the other. */
const tools = (reply: string | number | null, value?: unknown): EndTools => ({
  queuePrefix: 'bull',
  ask: () => Promise.resolve(reply),
  call: () => Promise.resolve(value),
});

function judge(play: ConsumerPlay, round: number, verb: string, value: unknown) {
  const step = play.steps(0, round).find((one) => one.verb === verb);
  const { seen, violations = [] } = step!.judge(value);
  return [seen, ...violations.map(({ id }) => id)];
}

function fail(play: ConsumerPlay, round: number, outcome: string): void {
  play.steps(0, round)[0]!.failed?.(error(outcome));
}

const owed = async (play: ConsumerPlay, given: EndTools) => (await play.owed(given)).map(({ id }) => id);

describe('the judge of sessions', () => {
  const written = (tier = 'redis') => ({ stored: true, tier });
  const read = (n: number | undefined, tier = 'redis', key = idOf('session', 0)) => ({ key, n, tier });

  it('tells Redis from the fallback', () => {
    const play = session.play();
    expect(judge(play, 1, 'write', written())).toEqual(['R']);
    expect(judge(play, 1, 'read', read(1))).toEqual(['R']);
    expect(judge(play, 2, 'write', written('memory'))).toEqual(['F']);
    expect(judge(play, 2, 'read', read(2, 'memory'))).toEqual(['F']);
    expect(judge(play, 3, 'write', written('postgres'))).toEqual(['P']);
    expect(judge(play, 3, 'read', read(3, 'postgres'))).toEqual(['P']);
  });

  it('looks for it in Postgres as well, and for trust in Redis', async () => {
    const play = session.play();
    const well = { tier: 'redis', degraded: false, dirty: 0, trusted: true };
    const inPostgres = (data: string | undefined, status: object): EndTools => ({
      ...tools('header{"n":1}', status),
      query: () => Promise.resolve(data === undefined ? [] : [{ data }]),
    });
    judge(play, 1, 'write', written());
    expect(await owed(play, inPostgres('{"n":1}', well))).toEqual([]);
    expect(await owed(play, inPostgres('{"n":0}', well))).toEqual(['I3']);
    expect(await owed(play, inPostgres(undefined, well))).toEqual(['I3']);
    for (const wrong of [{ tier: 'postgres' }, { degraded: true }, { dirty: 1 }, { trusted: false }]) {
      expect(await owed(play, inPostgres('{"n":1}', { ...well, ...wrong }))).toEqual(['I2']);
    }
  });

  it('finds an older session, a foreign one and a lost one', async () => {
    const play = session.play();
    judge(play, 1, 'write', written());
    judge(play, 2, 'write', written());
    expect(judge(play, 2, 'read', read(1))).toEqual(['R', 'I3']);
    expect(judge(play, 2, 'read', read(undefined))).toEqual(['R', 'I3']);
    expect(judge(play, 2, 'read', read(2, 'redis', idOf('session', 1)))).toEqual(['R', 'I5']);
    expect(await owed(play, tools('header{"n":1}'))).toEqual(['I3']);
    expect(await owed(play, tools(null))).toEqual(['I3']);
    expect(await owed(play, tools('header{"n":2}'))).toEqual([]);
  });

  it('takes a write of unknown fate either way, and one that was not sent not at all', () => {
    const play = session.play();
    judge(play, 1, 'write', written());
    fail(play, 2, 'unknown');
    expect(judge(play, 2, 'read', read(2))).toEqual(['R']);
    expect(judge(play, 2, 'read', read(1))).toEqual(['R']);
    fail(play, 3, 'not-sent');
    expect(judge(play, 3, 'read', read(3))).toEqual(['R', 'I3']);
  });
});

describe('the judge of chats', () => {
  const read = (numbers: number[], source = 'redis', reason?: string, key = idOf('chat', 0)) => ({
    seen: numbers.map((n) => ({ key, n })),
    source,
    reason,
  });

  it('tells an answer from a miss, and wants Redis back', async () => {
    const play = context.play();
    expect(judge(play, 1, 'write', { cold: false })).toEqual(['R']);
    expect(judge(play, 1, 'read', read([1], 'loader', 'cold'))).toEqual(['R']);
    expect(await owed(play, tools(null))).toEqual(['I2']);
    expect(judge(play, 1, 'read', read([1], 'loader', 'redis_error'))).toEqual(['M']);
    expect(judge(play, 1, 'read', read([1]))).toEqual(['R']);
    expect(await owed(play, tools(null))).toEqual([]);
  });

  it('finds what is missing, foreign or out of order', () => {
    const play = context.play();
    judge(play, 2, 'write', { cold: false });
    expect(judge(play, 2, 'read', read([1]))).toEqual(['R', 'I3']);
    expect(judge(play, 2, 'read', read([2], 'redis', undefined, idOf('chat', 1)))).toEqual(['R', 'I5']);
    expect(judge(play, 2, 'read', read([2, 1]))).toEqual(['R', 'I5']);
  });
});

it('the judge of cached values finds a foreign one', () => {
  const play = cache.play();
  expect(judge(play, 1, 'write', true)).toEqual(['R']);
  expect(judge(play, 1, 'write', false)).toEqual(['M']);
  expect(judge(play, 1, 'read', { hit: false, reason: 'redis_error' })).toEqual(['M']);
  expect(judge(play, 1, 'read', { hit: false, reason: 'absent' })).toEqual(['R']);
  expect(judge(play, 1, 'read', { hit: true, key: idOf('value', 1), n: 1 })).toEqual(['R', 'I5']);
  expect(judge(play, 1, 'read', { hit: true, key: idOf('value', 0), n: 2 })).toEqual(['R', 'I5']);
});

it('the judge of counters knows lost and double increments from open ones', async () => {
  const play = counter.play();
  expect(judge(play, 1, 'write', 1)).toEqual(['R']);
  expect(judge(play, 2, 'write', 3)).toEqual(['R', 'I4']);
  fail(play, 3, 'unknown');
  fail(play, 4, 'rejected');
  expect(await owed(play, tools('3'))).toEqual([]);
  expect(await owed(play, tools('4'))).toEqual(['I4']);
  expect(await owed(play, tools('1'))).toEqual(['I3']);
});

it('the judge of jobs finds what is lost, left, run twice or not heard of', async () => {
  const play = queue.play();
  judge(play, 1, 'write', { jobId: 'job-0-1' });
  const jobs = (runs: [string, number][], completed: string[], foreign: string[] = []) => ({
    runs,
    completed,
    foreign,
  });
  expect(await owed(play, tools(1, jobs([['job-0-1', 1]], ['job-0-1'])))).toEqual([]);
  expect(await owed(play, tools(0, jobs([['job-0-1', 1]], ['job-0-1'])))).toEqual(['I3']);
  expect(await owed(play, tools(1, jobs([], ['job-0-1'])))).toEqual(['I3']);
  expect(await owed(play, tools(1, jobs([['job-0-1', 2]], ['job-0-1'])))).toEqual(['I4']);
  expect(await owed(play, tools(1, jobs([['job-0-1', 1]], ['job-0-1'], ['of another'])))).toEqual(['I5']);
  expect(await owed(play, tools(1, jobs([['job-0-1', 1]], [])))).toEqual(['I2']);
});

it('every consumer can be named in a row', () => {
  const names = [session, context, cache, counter, queue].map(({ name }: FaultConsumer) => name);
  expect(new Set(names).size).toBe(names.length);
});
