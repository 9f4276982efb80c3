import type { CommandSender } from '../../../../lib/commands/command-sender.interface.js';
import { askSentinel } from '../../../../lib/connection/sentinel/ask-sentinel.js';
import { RedisError } from '../../../../lib/errors/redis.error.js';

const DETAILS = ['name', 'm', 'ip', '10.0.0.1', 'port', '6379', 'flags', 'master', 'config-epoch', '7'];
const NOPERM = new Error('NOPERM this user has no permissions');

/** A sentinel that gives these replies to the two questions; an error is its refusal. */
const sentinel =
  (address: unknown, details: unknown): CommandSender =>
  ([, question]) => {
    const reply = question === 'MASTER' ? details : address;
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  };

const ask = (address: unknown, details: unknown = DETAILS): Promise<unknown> =>
  askSentinel(sentinel(address, details), 'm');

const failure = (address: unknown, details?: unknown): Promise<unknown> =>
  ask(address, details).then(
    () => expect('no answer').toBe('a rejection'),
    (error: unknown) => error,
  );

describe('askSentinel', () => {
  const promoted = { host: '10.0.0.2', port: 6380 };

  it('takes the address from the one answer, which is ahead during a fail-over, and the epoch from the other', async () => {
    expect(await ask(['10.0.0.2', '6380'])).toEqual({ master: promoted, epoch: 7 });
  });

  it('reads the details in every shape that a protocol and a driver give them', async () => {
    const fields = { 'config-epoch': '7' };
    for (const details of [fields, new Map(Object.entries(fields)), ['config-epoch', '7']]) {
      expect(await ask(['10.0.0.2', '6380'], details)).toEqual({ master: promoted, epoch: 7 });
    }
  });

  it('goes without the epoch, or without the address alone, where it may not ask for it', async () => {
    expect(await ask(['10.0.0.2', '6380'], NOPERM)).toEqual({ master: promoted, epoch: -1 });
    expect(await ask(['10.0.0.2', '6380'], 'nonsense')).toEqual({ master: promoted, epoch: -1 });
    expect(await ask(['10.0.0.2', '6380'], { 'config-epoch': '-3' })).toEqual({ master: promoted, epoch: -1 });
    expect(await ask(NOPERM)).toEqual({ master: { host: '10.0.0.1', port: 6379 }, epoch: 7 });
  });

  it('says that the group is unknown', async () => {
    const error = await failure(null, new Error('ERR No such master with that name'));
    expect(error).toMatchObject({ redisErrorKind: 'configuration', message: 'knows no group named "m"' });
  });

  it('says that it is no sentinel', async () => {
    const unknown = new Error("ERR unknown command 'SENTINEL', with args beginning with: 'MASTER' 'm'");
    expect(await failure(unknown, unknown)).toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('is no sentinel'),
    });
  });

  it.each([[[]], [['']], [['', '6379']], [['h', '0']], [['h', '70000']], [['h', 'x']], ['h'], [7], [['h', '1.5']]])(
    'refuses the address %j',
    async (address) => {
      expect(await failure(address)).toBeInstanceOf(RedisError);
    },
  );

  it('hands on what was said else', async () => {
    expect(await failure(NOPERM, NOPERM)).toBe(NOPERM);
  });
});
