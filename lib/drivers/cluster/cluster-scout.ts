import { connectionClosed } from '../../errors/connection-closed.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { createDeferred } from '../../utils/deferred.js';
import { assertServing } from './cluster-state.js';
import { distinct, readClusterMap, type AddressMap, type ClusterMap } from './cluster-map.js';
import type { DriverClient } from '../driver.interface.js';
import { withinHandshake } from '../handshake-deadline.js';
import { mostTelling } from './most-telling.js';

/** A node that has not answered by then gets company: the next one is asked too. */
const STAGGER_MS = 200;

/** What the others may take once a node has answered: the network is well then, and a machine that is gone never says so. */
const GRACE_MS = 1_000;

/** How the nodes of one cluster are reached; shared by a client and its duplicates. @internal */
export interface ClusterAddresses {
  readonly seeds: readonly HostEndpoint[];
  /** Who made up the cluster when it was last found. Seeds may be gone by the time that they are needed again. */
  known: readonly HostEndpoint[];
}

/**
 * Finds a cluster before the driver connects to it: asks the nodes that are known and the seeds, one after another,
 * and the next one already when one is slow. Left to themselves the drivers wait for a silent seed as long as it likes,
 * and hide why a node was of no use.
 *
 * @internal
 */
export class ClusterScout {
  private readonly asking = new Set<DriverClient>();
  private isStopped = false;

  /** @param makeNode a client of one node, with the login and the TLS of all */
  constructor(
    private readonly addresses: ClusterAddresses,
    private readonly makeNode: (endpoint: HostEndpoint) => DriverClient,
    private readonly mapAddress: AddressMap,
  ) {}

  /** The first answer of a node that sees the cluster whole; else the error that tells most. */
  async find(handshakeTimeoutMs: number): Promise<ClusterMap> {
    this.isStopped = false;
    try {
      const map = await this.askInTurn(handshakeTimeoutMs);
      this.addresses.known = map.nodes;
      return map;
    } finally {
      await this.stop();
    }
  }

  /** Ends every question; resolves when no socket of it is left. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.asking].map((node) => node.end().catch(() => undefined)));
  }

  private askInTurn(handshakeTimeoutMs: number): Promise<ClusterMap> {
    const candidates = distinct([...shuffled(this.addresses.known), ...this.addresses.seeds]);
    const found = createDeferred<ClusterMap>();
    const errors: unknown[] = [];
    let begun = 0;
    let timer: NodeJS.Timeout | undefined;
    let grace: NodeJS.Timeout | undefined;
    let wasAnswered = false;
    const giveUp = (): void => found.reject(mostTelling(errors));
    const boundTheRest = (): void => {
      if (wasAnswered && begun === candidates.length) grace ??= setTimeout(giveUp, GRACE_MS);
    };
    const askNext = (): void => {
      clearTimeout(timer);
      const candidate = candidates[begun];
      if (candidate === undefined) return;
      begun += 1;
      timer = setTimeout(askNext, STAGGER_MS);
      let isReached = false;
      const onReached = (): void => void (isReached = true);
      this.ask(candidate, handshakeTimeoutMs, onReached).then(
        (map) => found.resolve(map),
        (error: unknown) => {
          wasAnswered ||= isReached;
          if (errors.push(error) === candidates.length) return giveUp();
          if (errors.length === begun) askNext();
          boundTheRest();
        },
      );
      boundTheRest();
    };
    askNext();
    return found.promise.finally(() => [timer, grace].forEach((one) => clearTimeout(one)));
  }

  private async ask(endpoint: HostEndpoint, handshakeTimeoutMs: number, onReached: () => void): Promise<ClusterMap> {
    if (this.isStopped) throw connectionClosed();
    const node = this.makeNode(endpoint);
    this.asking.add(node);
    try {
      await node.connect(handshakeTimeoutMs);
      onReached();
      const questions = Promise.all([node.send(['CLUSTER', 'SLOTS']), assertServing(node.send)]);
      const [slots] = await withinHandshake(questions, handshakeTimeoutMs);
      return readClusterMap(slots, endpoint, this.mapAddress);
    } finally {
      await node.end().catch(() => undefined);
      this.asking.delete(node);
    }
  }
}

/** So that the clients of a whole fleet do not all ask the same node. */
function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, order: Math.random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ item }) => item);
}
