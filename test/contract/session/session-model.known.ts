import type { Call, Step } from './session-model.steps.js';

const ONE = 0;
const OTHER = 1;
const BOTH = [ONE, OTHER];

const calls = (call: Call['call'], node: number, session = 0): Step => ({ calls: [{ call, node, session }] });

/** What each part of the protocol is there for, shortly: played before the stories of chance. */
export const knownStories: readonly (readonly Step[])[] = [
  // a node that is cut off from Redis, and one that is not
  [
    calls('set', OTHER),
    { fault: { fault: 'cut', store: 'redis', nodes: [ONE] } },
    calls('set', ONE),
    calls('set', OTHER, 1),
    calls('destroy', ONE, 1),
    calls('set', OTHER, 1),
  ],
  // a write that its caller gave up arrives after a newer one
  [
    calls('set', ONE),
    { fault: { fault: 'delay', store: 'redis', nodes: [ONE] } },
    calls('set', ONE),
    calls('set', OTHER),
    calls('set', ONE, 1),
    calls('destroy', OTHER, 1),
    { world: 'heal' },
    calls('touch', ONE, 1),
  ],
  // a node that has a copy of what another destroyed
  [
    calls('set', ONE),
    { fault: { fault: 'cut', store: 'redis', nodes: BOTH } },
    calls('destroy', OTHER),
    calls('touch', ONE),
    calls('update', ONE),
    { fault: { fault: 'reboot', nodes: [ONE] } },
    calls('set', ONE),
    { world: 'heal' },
    calls('touch', ONE),
  ],
  // Redis comes back with what it had before
  [
    calls('set', ONE),
    calls('set', ONE, 1),
    { world: 'save' },
    calls('set', OTHER),
    calls('destroy', OTHER, 1),
    { fault: { fault: 'lose what was not saved' } },
    calls('get', ONE),
    calls('set', ONE, 1),
  ],
  // what Postgres missed, and then has to answer for
  [
    calls('set', ONE),
    { fault: { fault: 'cut', store: 'postgres', nodes: BOTH } },
    calls('set', ONE),
    calls('destroy', OTHER, 1),
    calls('set', ONE, 1),
    { world: 'settle' },
    { fault: { fault: 'lose everything' } },
    calls('get', OTHER),
    calls('set', OTHER, 1),
  ],
];
