import { ClusterScout } from '../../../lib/drivers/cluster/cluster-scout.js';
import type { DriverClient } from '../../../lib/drivers/driver.interface.js';
import { createDeferred } from '../../../lib/utils/deferred.js';
import { withDeadline } from '../../support/eventually.js';

const HANDSHAKE_MS = 20_000;

/** A node that answers with these slots; without them, one whose machine is gone: nobody says so. */
function nodeOf(slots: unknown): DriverClient {
  const gone = createDeferred<void>();
  const isThere = slots !== undefined;
  const node: Partial<DriverClient> = {
    connect: () => (isThere ? Promise.resolve() : gone.promise),
    send: ([name, question]) =>
      Promise.resolve(name === 'CLUSTER' && question === 'SLOTS' ? slots : 'cluster_state:ok'),
    end: () => Promise.resolve(gone.reject(new Error('ended'))),
  };
  return node as DriverClient;
}

const WHOLE = [[0, 16_383, ['127.0.0.1', 7_000]]];

function scoutOf(...slotsOf: readonly unknown[]): ClusterScout {
  const seeds = slotsOf.map((_, port) => ({ host: 'node', port }));
  return new ClusterScout(
    { seeds, known: [] },
    ({ port }) => nodeOf(slotsOf[port]),
    (announced) => announced,
  );
}

describe('the search for a cluster', () => {
  it('does not wait for a machine that is gone once a node has told that the cluster is not whole', async () => {
    const search = scoutOf([], undefined, [[0, 99, ['a', 1]]]).find(HANDSHAKE_MS);
    await expect(withDeadline(search, { timeoutMs: 8_000, what: 'end of the search' })).rejects.toThrow(
      /serves \d+ of/,
    );
  });

  it('asks everybody before it says so', async () => {
    const { masters } = await scoutOf([], undefined, undefined, [], undefined, undefined, undefined, WHOLE).find(
      HANDSHAKE_MS,
    );
    expect(masters).toEqual([{ host: '127.0.0.1', port: 7_000 }]);
  });

  it('waits for a node as long as that may take where none has answered', async () => {
    const scout = scoutOf(undefined, undefined);
    const search = scout.find(HANDSHAKE_MS);
    await scout.stop();
    await expect(search).rejects.toThrow('ended');
  });
});
