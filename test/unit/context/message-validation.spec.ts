import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { assertMessages } from '../../../lib/context/assert-messages.js';
import { isRedisError } from '../../../lib/errors/redis.error.js';
import { anyMessage } from './messages.arbitrary.js';

const SECRET = 'what was said in confidence';

describe('messages at the edge', () => {
  it('are taken as they are when they are well formed', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 3 }), (messages) => {
        expect(assertMessages(messages, 'context.append')).toEqual(messages);
      }),
    );
  });

  it('may be instances of a class of yours, and have fields that are undefined', () => {
    class Dto {
      role = 'user';
      content = 'hi';
      id = undefined;
      toolCalls = undefined;
    }
    expect(() => assertMessages([new Dto()], 'context.append')).not.toThrow();
  });

  it.each([
    ['no message', 7, 'messages[1] must be a message'],
    ['null', null, 'messages[1] must be a message'],
    ['a list', [], 'messages[1] must be a message'],
    [
      'a role that is none',
      { role: SECRET, content: '' },
      'messages[1].role must be one of system, user, assistant, tool',
    ],
    ['no role', { content: SECRET }, 'messages[1].role must be'],
    ['no content', { role: 'user' }, 'messages[1].content must be text or a list of parts'],
    ['content null', { role: 'assistant', content: null }, 'messages[1].content must be text or a list of parts'],
    ['a part that is none', { role: 'user', content: [SECRET] }, 'messages[1].content[0] must be a part'],
    ['a part without type', { role: 'user', content: [{ text: SECRET }] }, 'messages[1].content[0].type must be text'],
    ['a text without words', { role: 'user', content: [{ type: 'text' }] }, 'messages[1].content[0].text must be text'],
    ['an empty id', { role: 'user', content: SECRET, id: '' }, 'messages[1].id must not be empty'],
    ['a long id', { role: 'user', content: '', id: SECRET.repeat(99) }, 'messages[1].id must not be longer than 512'],
    ['an empty name', { role: 'user', content: '', name: '' }, 'messages[1].name must be text'],
    [
      'a Date',
      { role: 'user', content: '', createdAt: new Date() },
      'messages[1].createdAt must be a date in ISO 8601',
    ],
    [
      'a bad date',
      { role: 'user', content: '', createdAt: SECRET },
      'messages[1].createdAt must be a date in ISO 8601',
    ],
    ['metadata that is text', { role: 'user', content: '', metadata: SECRET }, 'messages[1].metadata must be a record'],
    ['a Map', { role: 'user', content: '', metadata: new Map([[SECRET, 1]]) }, 'messages[1].metadata must be a record'],
    [
      'calls of a user',
      { role: 'user', content: '', toolCalls: [] },
      'messages[1]."toolCalls" is no field of a message of role user',
    ],
    [
      'an unknown field',
      { role: 'user', content: '', foo: SECRET },
      'messages[1]."foo" is no field of a message of role user',
    ],
    ['an answer to nothing', { role: 'tool', content: SECRET }, 'messages[1].toolCallId must be text'],
    [
      'calls that are no list',
      { role: 'assistant', content: '', toolCalls: {} },
      'messages[1].toolCalls must be a list',
    ],
    ['a call without id', call({ name: 'n', arguments: {} }), 'messages[1].toolCalls[0].id must be text'],
    ['a call without name', call({ id: 'i', arguments: {} }), 'messages[1].toolCalls[0].name must be text'],
    ['a call without arguments', call({ id: 'i', name: 'n' }), 'messages[1].toolCalls[0].arguments must be there'],
    [
      'a call with more',
      call({ id: 'i', name: 'n', arguments: {}, type: SECRET }),
      'messages[1].toolCalls[0] may hold id, name and arguments only',
    ],
    ['a bigint', meta(1n), 'messages[1].metadata holds what JSON cannot carry: a value of type bigint'],
    ['a function', meta(() => SECRET), 'messages[1].metadata holds what JSON cannot carry: a value of type function'],
    ['NaN', meta(Number.NaN), 'messages[1].metadata holds what JSON cannot carry: a number that is not finite'],
    [
      'a Date inside',
      meta(new Date()),
      'messages[1].metadata holds what JSON cannot carry: an object that is no plain record',
    ],
    [
      'a hole in a list',
      meta([undefined]),
      'messages[1].metadata holds what JSON cannot carry: a value of type undefined',
    ],
    ['a circle', meta(circle()), 'messages[1].metadata holds what JSON cannot carry: a value that holds itself'],
    [
      'a value that is written out without end',
      meta(doubled(60)),
      'messages[1].metadata holds what JSON cannot carry: more than 1000000 values',
    ],
    ['a tower', meta(tower(200)), 'messages[1].metadata holds what JSON cannot carry: more than 100 levels'],
  ])('are refused by the name of the field, without its content: %s', (_name, message, words) => {
    const error = caught(() => assertMessages([{ role: 'user', content: 'fine' }, message], 'context.append'));
    expect(isRedisError(error, 'serialization')).toBe(true);
    expect((error as Error).message).toContain(`context.append: ${words}`);
    expect(inspect(error)).not.toContain(SECRET);
  });
});

function call(toolCall: unknown): unknown {
  return { role: 'assistant', content: '', toolCalls: [toolCall] };
}

function meta(value: unknown): unknown {
  return { role: 'user', content: '', metadata: { value } };
}

function circle(): unknown {
  const around: Record<string, unknown> = {};
  around['a'] = around['b'] = around;
  return around;
}

/** Small, and as text twice as long with every level. */
function doubled(levels: number): unknown {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = { one: value, two: value };
  return value;
}

function tower(levels: number): unknown {
  let top: unknown = 1;
  for (let level = 0; level < levels; level += 1) top = [top];
  return top;
}

function caught(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
