import { decodeId, encodeId } from '../../utils/encode-id.js';

/** Postgres refuses what is longer than about 2,700 bytes in an index, if it cannot pack it. */
const MOST_ENCODED = 2_048;
/** No encoded id has a percent sign before this. */
const DENSE = '%~';
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
const GROUP = 5;

/**
 * An id, of a session or of a user, as text that a table and its indexes take: percent-encoded; where that is too long, as
 * it is with an id of a thousand characters of a script that is not Latin, in base 85. Different ids never give the same
 * text.
 *
 * @internal
 */
export function rowIdOf(id: string): string {
  const encoded = encodeId(id);
  return encoded.length <= MOST_ENCODED ? encoded : DENSE + base85(Buffer.from(id, 'utf16le'));
}

/** The id that {@link rowIdOf} made this of; undefined for a text that it cannot have made. @internal */
export function idOfRow(text: string): string | undefined {
  if (!text.startsWith(DENSE)) return decodeId(text);
  const id = fromBase85(text.slice(DENSE.length)).toString('utf16le');
  return rowIdOf(id) === text ? id : undefined;
}

/** Five digits for four bytes; the last, of an odd number of characters, is three digits for two. */
function base85(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const isWhole = at + 4 <= bytes.length;
    let value = isWhole ? bytes.readUInt32BE(at) : bytes.readUInt16BE(at);
    let group = '';
    for (let digit = 0; digit < (isWhole ? GROUP : 3); digit += 1) {
      group = DIGITS.charAt(value % DIGITS.length) + group;
      value = Math.floor(value / DIGITS.length);
    }
    text += group;
  }
  return text;
}

function fromBase85(text: string): Buffer {
  const groups: Buffer[] = [];
  for (let at = 0; at < text.length; at += GROUP) {
    const digits = Array.from(text.slice(at, at + GROUP), (digit) => DIGITS.indexOf(digit));
    const value = digits.reduce((sum, digit) => sum * DIGITS.length + Math.max(0, digit), 0);
    const bytes = Buffer.alloc(digits.length === GROUP ? 4 : 2);
    bytes.writeUIntBE(value % 256 ** bytes.length, 0, bytes.length);
    groups.push(bytes);
  }
  return Buffer.concat(groups);
}
