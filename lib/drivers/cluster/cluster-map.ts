import { RedisError } from '../../errors/redis.error.js';
import type { HostEndpoint } from '../../interfaces/redis-settings.interface.js';
import { isAddress } from '../../utils/is-address.js';
import { SLOT_COUNT } from '../../utils/key-slot.js';

/** Who makes up a cluster, as one of its nodes tells it; the addresses are those that this process can reach. @internal */
export interface ClusterMap {
  /** Those that hold slots. Together they hold every one. */
  readonly masters: readonly HostEndpoint[];
  /** Masters and replicas. */
  readonly nodes: readonly HostEndpoint[];
}

/** From the address that a node announces to the one to connect to, where they differ (NAT, a tunnel). @internal */
export type AddressMap = (announced: HostEndpoint) => HostEndpoint;

type GivenMap = Readonly<Record<string, HostEndpoint>> | ((announced: string) => HostEndpoint | null | undefined);

/** A driver's option of this kind: ioredis' `natMap`, node-redis' `nodeAddressMap`. @internal */
export function toAddressMap(given: GivenMap | undefined): AddressMap {
  return (announced) => {
    const key = `${announced.host}:${announced.port}`;
    return (typeof given === 'function' ? given(key) : given?.[key]) ?? announced;
  };
}

/**
 * Reads the reply of CLUSTER SLOTS: ranges of first slot, last slot, master, replicas; a node is host, port and more.
 *
 * @param asked the node that said it, which may leave its own host out
 * @throws RedisError of kind `cluster` where a slot is served by nobody
 * @internal
 */
export function readClusterMap(reply: unknown, asked: HostEndpoint, mapAddress: AddressMap): ClusterMap {
  if (!Array.isArray(reply)) throw new Error('The server did not answer CLUSTER SLOTS with slots; is it Redis?');
  const ranges = reply
    .filter((range): range is unknown[] => Array.isArray(range))
    .map(([from, to, ...nodes]) => ({
      count: countOf(Number(from), Number(to)),
      nodes: nodes.map((node) => mapAddress(announcedBy(node, asked))),
    }));
  // A driver that is sent to an address that is none throws where nobody catches.
  const usable = ranges.filter(({ nodes: [master] }) => master !== undefined && isAddress(master));
  const served = usable.reduce((sum, { count }) => sum + count, 0);
  if (served !== SLOT_COUNT) throw notCovered(served);
  return {
    masters: distinct(usable.flatMap(({ nodes }) => nodes.slice(0, 1))),
    nodes: distinct(usable.flatMap(({ nodes }) => nodes)).filter(isAddress),
  };
}

/** The same addresses, each once. @internal */
export function distinct(endpoints: readonly HostEndpoint[]): HostEndpoint[] {
  return [...new Map(endpoints.map((endpoint) => [`${endpoint.host}:${endpoint.port}`, endpoint])).values()];
}

/** How many slots a range holds: none where it is no range. */
function countOf(from: number, to: number): number {
  const isRange = [from, to].every((slot) => Number.isInteger(slot) && slot >= 0 && slot < SLOT_COUNT);
  return isRange ? Math.max(0, to - from + 1) : 0;
}

/** Whether a node says where it is: one that does not know it is silent, one that lacks the name it is to tell says `?`. @internal */
export function isNamed(host: unknown): host is string {
  return typeof host === 'string' && host !== '' && host !== '?';
}

/** A node that does not know its own name leaves it to us: it is where we asked. */
function announcedBy(node: unknown, asked: HostEndpoint): HostEndpoint {
  const [host, port] = Array.isArray(node) ? (node as unknown[]) : [];
  return { host: isNamed(host) ? host : asked.host, port: Number(port) };
}

function notCovered(served: number): RedisError {
  return new RedisError({
    kind: 'cluster',
    operation: 'connect',
    message: `The cluster serves ${served} of its ${SLOT_COUNT} slots; wait for the fail-over, or look at CLUSTER NODES.`,
  });
}
