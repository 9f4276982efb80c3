import { Named } from '../topologies/named.js';
import { Unproxied } from '../topologies/unproxied.js';
import { row, type FaultRow } from './row.js';

const VARIANTS = ['main', 'bare', 'strict'] as const;

const NAMELESS = {
  atStart: true,
  topology: () => Named.start(),
  kind: 'dns',
  cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(dns)' },
  health: 'degraded(dns)',
  bareHealth: 'down(dns)',
  lift: ({ names }: Named) => names.become('knows'),
  variants: VARIANTS,
} as const;

/** The way to the server. */
export const REACH_ROWS: readonly FaultRow[] = [
  row<Unproxied>({
    name: 'syn_blackhole',
    hides: 'ioredis waits for ten seconds, node-redis for five, and each hides why.',
    topology: () => Unproxied.start(),
    atStart: true,
    inflict: (world) => world.swallowKnocks(),
    lift: (world) => world.hearAgain(),
    kind: 'timeout',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(timeout)' },
    health: 'degraded(timeout)',
    bareHealth: 'down(timeout)',
    variants: VARIANTS,
    duringMs: 4_000,
  }),
  row<Named>({
    ...NAMELESS,
    name: 'dns_enotfound',
    hides: 'both retry for ever, and the reason is only in the `error` event.',
    inflict: ({ names }) => names.become('denies'),
    short: true,
  }),
  row<Named>({
    ...NAMELESS,
    name: 'dns_hang',
    hides: 'ioredis speaks of a timeout of the connection, and node-redis of nothing.',
    inflict: ({ names }) => names.become('silent'),
    // up to the end of the time for connecting the name may yet be answered
    knownMs: 2_500,
    duringMs: 4_000,
  }),
];
