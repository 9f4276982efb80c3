import type { Attributes } from '@opentelemetry/api';

/** `host:port`, where a host with colons has brackets. */
const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^,:[\]\s]+)):(\d{1,5})$/;

/** Where a connection leads; of a cluster nothing, since a call goes to one of several. @internal */
export function addressAttributes(endpoint: string): Attributes {
  if (endpoint.startsWith('/')) return { 'server.address': endpoint };
  const [, inBrackets, plain, port] = HOST_AND_PORT.exec(endpoint) ?? [];
  const host = inBrackets ?? plain;
  return host === undefined ? {} : { 'server.address': host, 'server.port': Number(port) };
}
