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

/** White space beyond ASCII, as a regular expression has it. */
const FOREIGN_SPACES = new Set([
  0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029,
  0x202f, 0x205f, 0x3000, 0xfeff,
]);

/**
 * How many tokens a text may be, without a tokenizer: more than those of today's models make of prose, code and JSON,
 * so that a window that fits by it fits.
 *
 * It walks the text by hand: a regular expression that cuts the pieces out is what an append would spend most of its
 * time in.
 *
 * @internal
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = endOfPiece(text, at);
    tokens += tokensOf(text, at, end);
  }
  return Math.ceil(tokens);
}

/** A piece is a word, capitals in a row, up to three digits, white space, or one other sign. */
function endOfPiece(text: string, at: number): number {
  const code = text.charCodeAt(at);
  let end = at + 1;
  if (isSmall(code) || (isCapital(code) && isSmall(text.charCodeAt(end)))) {
    while (isSmall(text.charCodeAt(end))) end += 1;
  } else if (isCapital(code)) {
    while (isCapital(text.charCodeAt(end))) end += 1;
  } else if (isDigit(code)) {
    while (end < at + 3 && isDigit(text.charCodeAt(end))) end += 1;
  } else if (isSpace(code)) {
    while (isSpace(text.charCodeAt(end))) end += 1;
  } else if ((text.codePointAt(at) ?? 0) > 0xffff) end += 1;
  return end;
}

function tokensOf(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at);
  const length = end - at;
  if (isSmall(code)) return wordOf(length);
  if (isCapital(code)) return isCapital(text.charCodeAt(end - 1)) && length > 1 ? length / CAPITALS : wordOf(length);
  if (isDigit(code)) return DIGITS;
  // one space goes with the word after it
  if (code <= 0x20) return length === 1 && code === 0x20 ? 0 : Math.ceil(length / SPACES);
  return code < 0x80 || isSpace(code) ? 1 : signOf(text.codePointAt(at) ?? 0);
}

function wordOf(letters: number): number {
  const common = Math.min(letters, WORD.common);
  return 1 + Math.floor((common - 1) / WORD.letters) + (letters - common) / WORD.lettersPast;
}

function signOf(code: number): number {
  return FOREIGN.find(([from]) => code >= from)?.[1] ?? 1;
}

function isSmall(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}

function isCapital(code: number): boolean {
  return code >= 0x41 && code <= 0x5a;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x80 && FOREIGN_SPACES.has(code));
}
