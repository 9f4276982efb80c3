/** BZPOPMIN's reply: key, member and score. @internal */
export function isPopped(reply: unknown): boolean {
  return Array.isArray(reply) && reply.length === 3 && reply.every((part) => typeof part === 'string');
}

/** XREAD's reply: for each stream its name and its entries. @internal */
export function isStreamRead(reply: unknown): boolean {
  return Array.isArray(reply) && reply.length > 0 && reply.every(isStream);
}

function isStream(stream: unknown): boolean {
  return Array.isArray(stream) && stream.length === 2 && Array.isArray(stream[1]) && stream[1].every(isEntry);
}

function isEntry(entry: unknown): boolean {
  return Array.isArray(entry) && typeof entry[0] === 'string' && Array.isArray(entry[1]);
}
