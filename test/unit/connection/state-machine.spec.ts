import * as fc from 'fast-check';
import { StateMachine } from '../../../lib/connection/state-machine.js';
import { RedisError } from '../../../lib/errors/redis.error.js';
import type { RedisState, RedisStateChange } from '../../../lib/interfaces/redis-state.interface.js';

const STATES: readonly RedisState[] = [
  'disabled',
  'uninitialized',
  'connecting',
  'connected',
  'reconnecting',
  'failed',
  'closed',
];

/** Written out a second time, on purpose: the table is the contract. */
const LEGAL = new Set([
  'uninitialized>connecting',
  'uninitialized>closed',
  'connecting>connected',
  'connecting>failed',
  'connecting>closed',
  'connected>reconnecting',
  'connected>closed',
  'disabled>closed',
  'reconnecting>connected',
  'reconnecting>failed',
  'reconnecting>closed',
  'failed>connecting',
  'failed>connected',
  'failed>closed',
]);

/** The shortest way to each state. */
const PATHS: Readonly<Record<RedisState, readonly RedisState[]>> = {
  disabled: [],
  uninitialized: [],
  connecting: ['connecting'],
  connected: ['connecting', 'connected'],
  reconnecting: ['connecting', 'connected', 'reconnecting'],
  failed: ['connecting', 'failed'],
  closed: ['closed'],
};

function machineIn(state: RedisState): StateMachine {
  const machine = new StateMachine(state === 'disabled' ? 'disabled' : 'uninitialized');
  for (const step of PATHS[state]) machine.to(step);
  return machine;
}

function record(machine: StateMachine): RedisStateChange[] {
  const changes: RedisStateChange[] = [];
  machine.changes$.subscribe((change) => changes.push(change));
  return changes;
}

describe('StateMachine', () => {
  it.each(STATES.flatMap((from) => STATES.map((to) => [from, to] as const)))(
    'holds the table: %s to %s',
    (from, to) => {
      const machine = machineIn(from);
      const changes = record(machine);
      const isLegal = LEGAL.has(`${from}>${to}`);
      expect(machine.can(to)).toBe(isLegal);
      if (isLegal) {
        machine.to(to);
        expect(machine.state).toBe(to);
        expect(changes).toHaveLength(1);
      } else {
        expect(() => machine.to(to)).toThrow(`Illegal connection state change: ${from} to ${to}`);
        expect(machine.state).toBe(from);
        expect(changes).toEqual([]);
      }
    },
  );

  it('publishes each change once, in order, with the time in the old state, whatever the sequence', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...STATES), { maxLength: 40 }), (wishes) => {
        const machine = new StateMachine();
        const [one, two] = [record(machine), record(machine)];
        const taken = wishes.filter((wish) => machine.can(wish) && (machine.to(wish), true));
        expect(one.map(({ to }) => to)).toEqual(taken);
        expect(two).toEqual(one);
        let from: RedisState = 'uninitialized';
        for (const change of one) {
          expect(LEGAL.has(`${change.from}>${change.to}`)).toBe(true);
          expect(change.from).toBe(from);
          expect(change.elapsedMs).toBeGreaterThanOrEqual(0);
          from = change.to;
        }
        expect(machine.state).toBe(from);
      }),
    );
  });

  it('carries the reason, and none where there is none', () => {
    const machine = machineIn('connecting');
    const changes = record(machine);
    const error = new RedisError({ kind: 'refused', message: 'no' });
    machine.to('failed', error);
    machine.to('connecting');
    expect(changes[0]?.error).toBe(error);
    expect(changes[1]).not.toHaveProperty('error');
  });

  it('completes with the end, after the last change was told', () => {
    const machine = machineIn('connected');
    const heard: string[] = [];
    machine.changes$.subscribe({ next: ({ to }) => heard.push(to), complete: () => heard.push('complete') });
    machine.to('closed');
    expect(heard).toEqual(['closed', 'complete']);
  });

  it('tells everyone in order when a listener changes the state again', () => {
    const machine = machineIn('connecting');
    machine.changes$.subscribe(({ to }) => {
      if (to === 'failed') machine.to('connecting');
      if (to === 'connecting') machine.to('closed');
    });
    const heard = record(machine);
    let isComplete = false;
    machine.changes$.subscribe({ complete: () => (isComplete = true) });
    machine.to('failed');
    expect(heard.map(({ from, to }) => `${from}>${to}`)).toEqual([
      'connecting>failed',
      'failed>connecting',
      'connecting>closed',
    ]);
    expect(isComplete).toBe(true);
  });
});
