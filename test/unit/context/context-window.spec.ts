import * as fc from 'fast-check';
import type { ContextMessage } from '../../../lib/context/index.js';
import { windowOf } from '../../../lib/context/context-window.js';

const user = (content: string): ContextMessage => ({ role: 'user', content });
const calls = (...ids: string[]): ContextMessage => ({
  role: 'assistant',
  content: '',
  toolCalls: ids.map((id) => ({ id, name: 'look', arguments: {} })),
});
const answer = (toolCallId: string): ContextMessage => ({ role: 'tool', content: 'found', toolCallId });

/** Messages in any order: answers to calls that never were, calls never answered, ids used twice. */
const anyHistory = fc.array(
  fc.oneof(
    fc.string({ maxLength: 3 }).map(user),
    fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }).map((ids) => calls(...ids)),
    fc.constantFrom('a', 'b', 'c').map(answer),
  ),
);

/** A chat as a well-behaved agent leaves it: calls, then their answers, each id once. */
const wellFormed = fc
  .array(fc.oneof(fc.constant('user' as const), fc.integer({ min: 0, max: 3 })), { maxLength: 12 })
  .map((turns) =>
    turns.flatMap((turn, at) => {
      if (turn === 'user') return [user(`${at}`)];
      const ids = Array.from({ length: turn }, (_, index) => `${at}.${index}`);
      return [calls(...ids), ...ids.map(answer)];
    }),
  );
const anyLimit = fc.integer({ min: 1, max: 20 });

describe('window', () => {
  it('holds no answer without its call before it, for any history', () => {
    fc.assert(
      fc.property(anyHistory, anyLimit, (history, limit) => {
        expect(orphansOf(windowOf(history, limit))).toEqual([]);
      }),
    );
  });

  it('leaves out nothing else of the newest messages', () => {
    fc.assert(
      fc.property(anyHistory, anyLimit, (history, limit) => {
        const others = (message: ContextMessage): boolean => message.role !== 'tool';
        expect(windowOf(history, limit).filter(others)).toEqual(history.slice(-limit).filter(others));
      }),
    );
  });

  it('is the end of the history when each call was answered after it', () => {
    fc.assert(
      fc.property(wellFormed, anyLimit, (history, limit) => {
        const window = windowOf(history, limit);
        expect(window).toEqual(window.length === 0 ? [] : history.slice(-window.length));
        expect(window.length).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it('drops the answers whose call was cut, and keeps those whose call was not', () => {
    const history = [calls('a', 'b'), answer('a'), answer('b'), user('so?'), calls('c'), answer('c')];
    expect(windowOf(history, 5)).toEqual(history.slice(3));
    expect(windowOf(history, 6)).toEqual(history);
    expect(windowOf(history, 1)).toEqual([]);
  });

  it('loses one answer, not the history before it, where the call itself is missing', () => {
    const history = [user('1'), user('2'), answer('lost'), user('3')];
    expect(windowOf(history, 10)).toEqual([user('1'), user('2'), user('3')]);
  });
});

/** Answers whose call is not before them, looked for the long way. */
function orphansOf(window: readonly ContextMessage[]): ContextMessage[] {
  return window.filter((message, at) => {
    if (message.role !== 'tool') return false;
    const calls = window
      .slice(0, at)
      .flatMap((before) => (before.role === 'assistant' ? (before.toolCalls ?? []) : []));
    return !calls.some(({ id }) => id === message.toolCallId);
  });
}
