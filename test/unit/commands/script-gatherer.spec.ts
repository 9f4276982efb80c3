import type { CommandSender } from '../../../lib/commands/command-sender.interface.js';
import { defineGatheredScript } from '../../../lib/commands/define-gathered-script.js';
import { ScriptGatherer } from '../../../lib/commands/script-gatherer.js';

const ONE = defineGatheredScript('test.one', { parameters: ['tag', 'value'], body: 'return tag' });
const OTHER = defineGatheredScript('test.other', { parameters: ['tag'], body: 'return tag' });

type Command = readonly string[];

/** The keys of an EVALSHA, and the arguments behind them. */
function partsOf([, , count = '0', ...rest]: Command): { keys: Command; args: Command } {
  return { keys: rest.slice(0, Number(count)), args: rest.slice(Number(count)) };
}

const refused = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

/** What the script would reply: to one key a text, to several a list. */
const tagsOf = (command: Command): unknown => {
  const { keys, args } = partsOf(command);
  const tags = keys.map((_key, at) => args[(at * args.length) / keys.length]);
  return keys.length === 1 ? tags[0] : tags;
};

describe('ScriptGatherer', () => {
  let sent: Command[];
  let reply: (command: Command) => unknown;
  let gatherer: ScriptGatherer;

  const sender: CommandSender = (args) => {
    sent.push(args);
    return new Promise((resolve) => resolve(reply(args)));
  };
  const ask = (n: number, value = 'v'): Promise<unknown> => gatherer.add(ONE, sender, `key${n}`, [`tag${n}`, value]);
  const askAll = (count: number): Promise<PromiseSettledResult<unknown>[]> =>
    Promise.allSettled(Array.from({ length: count }, (_, n) => ask(n)));
  const valuesOf = (all: PromiseSettledResult<unknown>[]): unknown[] =>
    all.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));

  beforeEach(() => {
    sent = [];
    reply = tagsOf;
    gatherer = new ScriptGatherer();
  });

  it('sends a call that is alone as it is, before the turn is over', async () => {
    const asked = ask(1);
    expect(sent).toEqual([]);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(sent).toEqual([['EVALSHA', ONE.sha1, '1', 'key1', 'tag1', 'v']]);
    expect(await asked).toBe('tag1');
  });

  it('sends the calls of a turn as one, in their order, and gives each its own reply', async () => {
    expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual(['tag1', 'tag2', 'tag3']);
    expect(sent).toEqual([['EVALSHA', ONE.sha1, '3', 'key1', 'key2', 'key3', 'tag1', 'v', 'tag2', 'v', 'tag3', 'v']]);
    expect(await ask(4)).toBe('tag4');
    expect(sent).toHaveLength(2);
  });

  it('sends so many keys at once, and so much text, and no more', async () => {
    const count = 40;
    expect(valuesOf(await askAll(count))).toEqual(Array.from({ length: count }, (_, n) => `tag${n}`));
    expect(sent.map((command) => partsOf(command).keys.length)).toEqual([16, 16, 8]);
    sent = [];
    const text = 'x'.repeat(20_000);
    await Promise.all([ask(1, text), ask(2, text), ask(3, text)]);
    expect(sent.map((command) => partsOf(command).keys)).toEqual([['key1', 'key2'], ['key3']]);
  });

  it('keeps scripts apart', async () => {
    const other = gatherer.add(OTHER, sender, 'key', ['tag']);
    expect(await Promise.all([ask(1), other, ask(2)])).toEqual(['tag1', 'tag', 'tag2']);
    expect(sent.map(([, sha1]) => sha1)).toEqual([OTHER.sha1, ONE.sha1]);
  });

  it('keeps the order of what is asked of one key', async () => {
    const asked = [ask(1), ask(2)];
    gatherer.sendBefore(['GET', 'key3']);
    expect(sent).toEqual([]);
    gatherer.sendBefore(['GET', 'key2']);
    expect(sent.map((command) => partsOf(command).keys)).toEqual([['key1', 'key2']]);
    asked.push(ask(2), gatherer.add(OTHER, sender, 'key2', ['tag']), ask(2));
    expect(await Promise.all(asked)).toEqual(['tag1', 'tag2', 'tag2', 'tag', 'tag2']);
    expect(sent.slice(1).map(([, sha1]) => sha1)).toEqual([ONE.sha1, OTHER.sha1, ONE.sha1]);
  });

  it('gives an error to the call that it names, and to no other', async () => {
    reply = () => ['tag0', ['OOM no room', 'tag1'], ['OOM no room', 'tag9']];
    expect(valuesOf(await askAll(3))).toEqual(['tag0', 'ReplyError: OOM no room', undefined]);
  });

  it.each([['text'], [null], [['tag0']], [['tag0', 'tag1', 'tag2']], [42]])(
    'takes %j for no reply to any of two calls',
    async (foreign) => {
      reply = () => foreign;
      expect(valuesOf(await askAll(2))).toEqual([undefined, undefined]);
    },
  );

  it('sends the source to a server that does not know the script, once', async () => {
    reply = (command) => {
      if (command[0] === 'EVALSHA') throw refused('NOSCRIPT No matching script.');
      return tagsOf(command);
    };
    expect(valuesOf(await askAll(2))).toEqual(['tag0', 'tag1']);
    expect(sent.map(([name, script]) => [name, script])).toEqual([
      ['EVALSHA', ONE.sha1],
      ['EVAL', ONE.lua],
    ]);
  });

  it('asks for each key by itself where the user may not name one of them', async () => {
    reply = (command) => {
      if (partsOf(command).keys.includes('key1')) throw refused('NOPERM No permissions to access a key');
      return tagsOf(command);
    };
    expect(valuesOf(await askAll(3))).toEqual(['tag0', 'ReplyError: NOPERM No permissions to access a key', 'tag2']);
    expect(sent).toHaveLength(4);
  });

  it('tells each call of what befell them all, and sends nothing again', async () => {
    reply = () => {
      throw new Error('Socket closed unexpectedly');
    };
    const told = 'Error: Socket closed unexpectedly';
    expect(valuesOf(await askAll(3))).toEqual([told, told, told]);
    expect(sent).toHaveLength(1);
  });
});
