/** HGETALL's reply, whatever protocol and driver: pairs in a row, a map, or an object. @internal */
export function toRecord(reply: unknown): Record<string, string> {
  if (Array.isArray(reply)) return recordOfPairs(reply);
  const entries = reply instanceof Map ? reply : Object.entries(reply ?? {});
  return Object.fromEntries([...entries].map(([field, value]) => [String(field), String(value)]));
}

function recordOfPairs(flat: readonly unknown[]): Record<string, string> {
  const record: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) record.push([String(flat[i]), String(flat[i + 1])]);
  return Object.fromEntries(record);
}

/** @internal */
export function toText(reply: unknown): string {
  return String(reply);
}

/** @internal */
export function toTextOrNull(reply: unknown): string | null {
  return reply === null || reply === undefined ? null : String(reply);
}

/** @internal */
export function toTexts(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** @internal */
export function toInteger(reply: unknown): number {
  return Number(reply);
}

/** @internal */
export function isOne(reply: unknown): boolean {
  return Number(reply) === 1;
}

/** @internal */
export function isOk(reply: unknown): boolean {
  return reply === 'OK';
}

/** SCAN's reply. @internal */
export function toScanPage(reply: unknown): { cursor: string; keys: string[] } {
  const [cursor, keys] = Array.isArray(reply) ? reply : ['0', []];
  return { cursor: String(cursor), keys: toTexts(keys) };
}
