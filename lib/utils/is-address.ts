const HIGHEST_PORT = 65_535;
const LONGEST_NAME = 255;

/** Whether one can be connected to what a peer announced: the name goes to the resolver and into messages. @internal */
export function isAddress({ host, port }: { readonly host: string; readonly port: number }): boolean {
  const isName = host !== '' && host.length <= LONGEST_NAME && !/[\s\p{Cc}]/u.test(host);
  return isName && Number.isInteger(port) && port > 0 && port <= HIGHEST_PORT;
}
