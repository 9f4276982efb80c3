/**
 * Writes one command to the socket now, or rejects: never queues it for later. The reply is what the driver's parser
 * gave: text, integer, null, or a nested array of these.
 *
 * @param key the command's first key, by which a cluster finds the node; left out for a command without keys
 * @internal
 */
export interface CommandSender {
  (args: readonly string[], key?: string): Promise<unknown>;
  /** `host:port`, where it writes to one node of a cluster. */
  readonly node?: string;
}
