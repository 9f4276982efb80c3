const DATA = /[^A-Za-z0-9\-_.~]/gu;

/**
 * An id as part of a key: percent-encoded, so that glob characters, braces (hash tags), colons, NUL and emoji are data.
 * Different ids never give the same text.
 *
 * @internal
 */
export function encodeId(id: string): string {
  return id.replace(DATA, percentEncode);
}

function percentEncode(character: string): string {
  return [...utf8(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** UTF-8, for a lone surrogate too: Buffer would make it U+FFFD, and different ids the same. */
function utf8(character: string): Iterable<number> {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0xd800 || code > 0xdfff) return Buffer.from(character, 'utf8');
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
}
