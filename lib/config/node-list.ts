import type { HostEndpoint } from '../interfaces/redis-settings.interface.js';
import type { OptionReader } from './option-reader.js';
import { isHostName } from './parse-host.js';

/** Some hosts, one at least. @internal */
export type NodeList = readonly [HostEndpoint, ...HostEndpoint[]];

/** Reads `nodes`, a list of hosts and ports. Undefined where a fault was noted. @internal */
export function readNodes(options: OptionReader, defaultPort: number): NodeList | undefined {
  const [first, ...others] = options.list('nodes', ['host', 'port']).map((node) => readNode(node, defaultPort));
  if (first !== undefined) return [first, ...others];
  return options.fault('nodes', `must be a list of hosts, such as [{ host: 'redis-1', port: ${defaultPort} }]`);
}

function readNode(node: OptionReader, defaultPort: number): HostEndpoint {
  const port = node.integer('port', 1, 65_535) ?? defaultPort;
  if (!node.has('host')) node.fault('host', 'is missing');
  return { host: readHostName(node) ?? '', port };
}

/** Reads `host`: a name or an IP address, and nothing around it but the brackets of IPv6. @internal */
export function readHostName(options: OptionReader): string | undefined {
  const host = options.filledText('host')?.replace(/^\[(.*)\]$/, '$1');
  if (host === undefined || isHostName(host)) return host;
  return options.fault('host', 'must be a host name or an IP address, without scheme, port or login');
}
