import { selfSigned } from '../../support/certificates.js';
import { overTls, type OverTls, type OverTlsOptions } from '../topologies/over-tls.js';
import { checkNoStorm, checkNothingWritten } from './checks.js';
import { untilBetweenAttempts } from './moments.js';
import { row, type FaultRow } from './row.js';

/** Each connection's own, and one with which the port is asked what it speaks. */
const CONNECTIONS = 2 * 3;

/** What a port speaks is known when it was asked. */
const ASKED_MS = 1_500;

const HIDDEN = 'both retry for ever, and the reason is only in the `error` event.';

function tlsRow(name: string, options: OverTlsOptions, more: Partial<FaultRow<OverTls>>): FaultRow {
  return row<OverTls>({
    name,
    hides: HIDDEN,
    topology: overTls(options),
    atStart: true,
    kind: 'tls',
    cells: { session: 'F', context: 'M', cache: 'M', queue: 'E(tls)' },
    health: 'degraded(tls)',
    bareHealth: 'down(tls)',
    variants: ['main', 'bare', 'strict'],
    duringMs: 6_000,
    recoverMs: 12_000,
    check: async (world, moment) =>
      moment === 'during' ? [...(await checkNothingWritten(world)), ...checkNoStorm(world, CONNECTIONS)] : [],
    ...more,
  });
}

const asRight = async (world: OverTls): Promise<void> => {
  await untilBetweenAttempts(world);
  await world.show(({ server }) => server);
};
const asNoMore = async ({ server }: OverTls): Promise<void> =>
  void (await server.command('CONFIG', 'SET', 'tls-auth-clients', 'no'));

/** The certificates of server and client do not come together, or the port speaks another language. */
export const TLS_ROWS: readonly FaultRow[] = [
  tlsRow('tls_unknown_ca', { shows: ({ foreign }) => foreign, tls: () => true }, { lift: asRight }),
  tlsRow(
    'tls_wrong_ca',
    { shows: ({ foreign }) => foreign, tls: ({ ca }) => ({ ca }) },
    { lift: asRight, short: true },
  ),
  tlsRow('tls_self_signed', { shows: () => selfSigned('localhost'), tls: ({ ca }) => ({ ca }) }, { lift: asRight }),
  tlsRow('tls_expired', { shows: ({ expired }) => expired, tls: ({ ca }) => ({ ca }) }, { lift: asRight }),
  tlsRow('tls_wrong_host', { shows: ({ elsewhere }) => elsewhere, tls: ({ ca }) => ({ ca }) }, { lift: asRight }),
  tlsRow('tls_client_missing', { asks: true, tls: ({ ca }) => ({ ca }) }, { lift: asNoMore }),
  tlsRow('tls_client_foreign', { asks: true, tls: (files) => files.as(files.foreignClient) }, { lift: asNoMore }),
  tlsRow(
    'tls_to_plain_port',
    { tls: ({ ca }) => ({ ca }), leadsTo: 'plain' },
    { hides: 'neither side says a word, up to the timeout.', lift: (world) => world.lead('tls'), knownMs: ASKED_MS },
  ),
  tlsRow(
    'plain_to_tls_port',
    { leadsTo: 'tls' },
    {
      hides: 'all that either sees is a closed socket.',
      lift: (world) => world.lead('plain'),
      knownMs: ASKED_MS,
      short: true,
    },
  ),
];
