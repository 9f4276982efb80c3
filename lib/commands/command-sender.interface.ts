/**
 * Writes one command to the socket now, or rejects: never queues it for later. The reply is what the driver's parser
 * gave: text, integer, null, or a nested array of these.
 *
 * @internal
 */
export type CommandSender = (args: readonly string[]) => Promise<unknown>;
