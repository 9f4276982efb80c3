/** `host:port`, with the brackets that an IPv6 address needs there. @internal */
export function hostText({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
