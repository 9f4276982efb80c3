const MAX_DISTANCE = 2;
const MAX_LENGTH = 40;

/** The known name that a mistyped one was most likely meant to be. @internal */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const wanted = plain(name);
  const ranked = known
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, plain(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  // A short name is within two letters of many others.
  const most = Math.min(MAX_DISTANCE, Math.floor(name.length / 2));
  if (best !== undefined && best.distance <= most) return best.candidate;
  return known.find((candidate) => wanted.length >= 4 && plain(candidate).startsWith(wanted));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries()) {
      const swap = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
