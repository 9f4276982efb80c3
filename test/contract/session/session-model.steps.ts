import * as fc from 'fast-check';
import type { Store } from './session-model.js';
import type { Harm } from './session-model.world.js';

/** A call of one node about one session. */
export interface Call {
  readonly call: 'set' | 'update' | 'touch' | 'destroy' | 'rotate' | 'get';
  readonly node: number;
  readonly session: number;
}

export type Fault =
  | { readonly fault: Harm; readonly store: Store; readonly nodes: readonly number[] }
  | { readonly fault: 'kill' | 'lose everything' | 'lose what was not saved' }
  | { readonly fault: 'reboot'; readonly nodes: readonly number[] };

/** One thing that happens, or several at once. */
export type Step =
  | { readonly calls: readonly Call[]; readonly fault?: Fault }
  | { readonly fault: Fault }
  | { readonly world: 'heal' | 'settle' | 'save' };

const SESSIONS = 3;

const node = fc.nat(1);
const nodes = fc.constantFrom([0], [1], [0, 1]);
const session = fc.nat(SESSIONS - 1);

const callOf = (...kinds: readonly Call['call'][]): fc.Arbitrary<Call> =>
  fc.record({ call: fc.constantFrom(...kinds), node, session });

const anyCall = fc.oneof(
  { arbitrary: callOf('set', 'set', 'update'), weight: 6 },
  { arbitrary: callOf('touch', 'get'), weight: 2 },
  { arbitrary: callOf('destroy'), weight: 1 },
  { arbitrary: callOf('rotate'), weight: 1 },
);
/** What may meet: a rotation beside another change of the same session has no one right end. */
const meeting = fc.array(callOf('set', 'update', 'get', 'touch', 'destroy'), { minLength: 2, maxLength: 4 });

const fault: fc.Arbitrary<Fault> = fc.oneof(
  {
    arbitrary: fc.record({
      fault: fc.constantFrom<Harm>('cut', 'cut', 'freeze', 'delay', 'delay'),
      store: fc.constantFrom<Store>('redis', 'redis', 'postgres'),
      nodes,
    }),
    weight: 5,
  },
  {
    arbitrary: fc.record({
      fault: fc.constantFrom<'kill' | 'lose everything' | 'lose what was not saved'>(
        'kill',
        'lose everything',
        'lose what was not saved',
      ),
    }),
    weight: 4,
  },
);
const reboot: fc.Arbitrary<Fault> = fc.record({
  fault: fc.constant('reboot' as const),
  nodes: fc.constantFrom([0], [1]),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: anyCall.map((call) => ({ calls: [call] })), weight: 10 },
  { arbitrary: meeting.map((calls) => ({ calls })), weight: 3 },
  { arbitrary: fc.record({ calls: meeting, fault }), weight: 1 },
  { arbitrary: fc.record({ fault }), weight: 4 },
  { arbitrary: fc.record({ fault: reboot }), weight: 1 },
  {
    arbitrary: fc.record({ world: fc.constantFrom<'heal' | 'settle' | 'save'>('heal', 'heal', 'save', 'settle') }),
    weight: 3,
  },
);

/** A story: what happens to two nodes and a few sessions, one step after the other. */
export const stories: fc.Arbitrary<readonly Step[]> = fc
  .noBias(fc.array(step, { minLength: 4, maxLength: 16, size: 'max' }))
  .map((steps) => Object.assign(steps, { [fc.toStringMethod]: () => `\n${steps.map(stepText).join('\n')}\n` }));

const NAMES = ['one', 'other'];

export function callText({ call, node, session }: Call): string {
  return `${NAMES[node]}: ${call} s${session}`;
}

function faultText(fault: Fault): string {
  const who = 'nodes' in fault ? ` of ${fault.nodes.map((at) => NAMES[at]).join(' and ')}` : '';
  return `${fault.fault}${'store' in fault ? ` ${fault.store}` : ''}${who}`;
}

export function stepText(step: Step): string {
  if ('world' in step) return step.world;
  const calls = 'calls' in step ? step.calls.map(callText).join(' | ') : '';
  return [...(step.fault === undefined ? [] : [`[${faultText(step.fault)}]`]), calls].filter(Boolean).join(' | ');
}
