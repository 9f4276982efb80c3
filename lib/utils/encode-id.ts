const DATA = /[^A-Za-z0-9\-_.~]/gu;
const ENCODED = /(?:%[0-9A-F]{2})+/g;

/**
 * An id as part of a key: percent-encoded, so that glob characters, braces (hash tags), colons, NUL and emoji are data.
 * Different ids never give the same text.
 *
 * @internal
 */
export function encodeId(id: string): string {
  return id.replace(DATA, percentEncode);
}

/** The id that {@link encodeId} made this of; undefined for a text that it cannot have made. @internal */
export function decodeId(text: string): string | undefined {
  const id = text.replace(ENCODED, (bytes) => textOf(bytes.split('%').slice(1).map(fromHex)));
  return encodeId(id) === text ? id : undefined;
}

function fromHex(digits: string): number {
  return Number.parseInt(digits, 16);
}

/** UTF-8 in which lone surrogates are allowed, which the decoders of the platform refuse. */
function textOf(bytes: readonly number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    const start = more === 0 ? lead : lead & (0x3f >> more);
    const code = bytes.slice(at + 1, at + 1 + more).reduce((sum, byte) => (sum << 6) | (byte & 0x3f), start);
    if (code > 0x10_ffff) return '';
    text += String.fromCodePoint(code);
    at += 1 + more;
  }
  return text;
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
