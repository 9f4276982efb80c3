/** Words, capitals in a row, digits, white space, and each other sign. */
const PIECES = /[A-Z]?[a-z]+|[A-Z]+|\d{1,3}|\s+|[^A-Za-z\d\s]/gu;

/** Letters that a token of a word has at least; past the length of most words, fewer. */
const WORD = { letters: 4, common: 12, lettersPast: 2 } as const;
const CAPITALS = 1.3;
const DIGITS = 1.4;
const SPACES = 8;

/** Tokens of a sign, by the first code point of its kind: alphabets cost less than signs that are words, or pictures. */
const FOREIGN: readonly (readonly [from: number, tokens: number])[] = [
  [0x1_0000, 3.2],
  [0xac00, 1.6],
  [0x0800, 1.3],
  [0x0250, 1.1],
  [0x0080, 1.5],
];

/**
 * How many tokens a text may be, without a tokenizer: more than those of today's models make of prose, code and JSON,
 * so that a window that fits by it fits.
 *
 * @internal
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const [piece] of text.matchAll(PIECES)) tokens += tokensOf(piece, piece.codePointAt(0) ?? 0);
  return Math.ceil(tokens);
}

function tokensOf(piece: string, code: number): number {
  if (code >= 0x80) return /^\s/u.test(piece) ? 1 : (FOREIGN.find(([from]) => code >= from)?.[1] ?? 1);
  // one space goes with the word after it
  if (code <= 0x20) return piece === ' ' ? 0 : Math.ceil(piece.length / SPACES);
  if (code >= 0x30 && code <= 0x39) return DIGITS;
  if (!isLetter(code)) return 1;
  return isCapitals(piece) ? piece.length / CAPITALS : wordOf(piece.length);
}

function wordOf(letters: number): number {
  const common = Math.min(letters, WORD.common);
  return 1 + Math.floor((common - 1) / WORD.letters) + (letters - common) / WORD.lettersPast;
}

function isCapitals(piece: string): boolean {
  return piece.length > 1 && piece.charCodeAt(1) < 0x61;
}

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
