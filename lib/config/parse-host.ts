import { isIPv6 } from 'node:net';

/** What a `host[:port]` says, or what is wrong with it in words that show nothing of it. @internal */
export type HostResult = { readonly host: string; readonly port: number } | { readonly fault: string };

// Anything that may stand in a host name, in a form that no URL part can hide in.
const HOST_NAME = /^[^\s/?#@:[\]%,<>"'\\^`{|}()]+$/;

/** Reads `host`, `host:port`, `[ipv6]` or `[ipv6]:port`. @internal */
export function parseHost(text: string, defaultPort: number): HostResult {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(text);
  if (match === null) return { fault: 'has a host that cannot be read; an IPv6 address stands in [brackets]' };
  const host = (match[1] ?? match[2] ?? '').replace('%25', '%');
  if (host === '') return { fault: 'has no host' };
  if (match[1] === undefined ? !isHostName(host) : !isIPv6(host)) return { fault: 'has a host that is not valid' };
  const port = match[3] === undefined || match[3] === '' ? defaultPort : toPort(match[3]);
  return port === undefined ? { fault: 'has a port that is not a number from 1 to 65535' } : { host, port };
}

/** Whether a text is a host name or an IP address, rather than a URL or a `host:port`. @internal */
export function isHostName(text: string): boolean {
  return HOST_NAME.test(text) || isIPv6(text);
}

function toPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}
