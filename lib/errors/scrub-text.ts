import { secretForms } from './secret-forms.js';

const MASK = '***';

// Below this a secret is masked as a whole word only: masking every `a` would hide the message, not the secret.
const SHORT_SECRET = 4;

// Stack frames name their files by these; they carry no login, and `@scope` in a path must not be taken for one.
const SOURCE_SCHEMES = new Set(['file', 'webpack', 'webpack-internal', 'node', 'vite']);
const WEB_SCHEMES = new Set(['http', 'https', 'ws', 'wss']);

const URL_TEXT = /\b([a-z][a-z0-9+.-]{1,20}):\/\/(\S*)/gi;
// A password with an unencoded space: everything up to the `@`, unless what follows the colon is a port.
const SPACED_LOGIN =
  /\b(rediss?|valkeys?|unix|postgres(?:ql)?):\/\/[^\s@:/]*:(?!\d{1,5}(?:[\s/?#,;'")]|$))[^\n@]*\s[^\n@]*@/gi;
// A URL that lost its scheme.
const BARE_LOGIN = /(^|[\s'"`(])\/\/[^\s/?#]*@/g;
const HOST_PORT = /^(?:\[[0-9a-f:.%]+\]|[\w.-]+)(?::\d{1,5})?(?![\w:@%])/i;
const SOCKET_PATH = /^\/[^\s?#'"`)]*/;

// One argument, or two: a password, or a user and a password.
const ARGS = String.raw`(?:"[^"]*"|'[^']*'|\S+)(?:[\s,]+(?:"[^"]*"|'[^']*'|[^\s\])}]+))?`;
const AUTH_ARGS = new RegExp(String.raw`\bAUTH\b[\s,]+(?!<|command|failed|called|but)${ARGS}`, 'g');
const QUOTED_AUTH_ARGS = new RegExp(String.raw`(["'\x60])auth\1[\s,]+${ARGS}`, 'gi');
const RESP_AUTH_ARGS = /AUTH(?:(?:\\r\\n|\r?\n)\$\d+(?:\\r\\n|\r?\n)[^\r\n\\]*){1,2}/gi;

/**
 * A text that may be logged: no secret, no login in a URL, no echo of a command's arguments or of stored values.
 *
 * @internal
 */
export function scrubText(text: string, secrets: readonly string[] = []): string {
  return withoutEchoes(withoutLogins(withoutSecrets(text, secrets)));
}

// Line ends and control characters, and those that turn the direction of what follows: they would show another line.
const BREAKING = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of at most `most` characters. Cut after scrubbing only, or half a secret may be left. @internal */
export function oneLine(text: string, most: number): string {
  const line = text.replace(BREAKING, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secretForms(secrets).reduce(
    (rest, form) => (form.length < SHORT_SECRET ? maskWord(rest, form) : rest.replaceAll(form, MASK)),
    text,
  );
}

function maskWord(text: string, word: string): string {
  const literal = word.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), MASK);
}

function withoutLogins(text: string): string {
  return text.replace(SPACED_LOGIN, '$1://').replace(URL_TEXT, reduceUrl).replace(BARE_LOGIN, '$1//');
}

function reduceUrl(url: string, scheme: string, rest: string): string {
  const kind = scheme.toLowerCase();
  if (SOURCE_SCHEMES.has(kind)) return url;
  if (WEB_SCHEMES.has(kind)) return reduceWebUrl(url, scheme, rest);
  const address = rest.slice(rest.lastIndexOf('@') + 1);
  const shown = (kind === 'unix' ? SOCKET_PATH : HOST_PORT).exec(address)?.[0];
  return `${scheme}://${shown ?? MASK}`;
}

function reduceWebUrl(url: string, scheme: string, rest: string): string {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const isPlain = !authority.includes('@') && !rest.includes('?');
  return isPlain ? url : `${scheme}://${authority.slice(authority.lastIndexOf('@') + 1)}`;
}

function withoutEchoes(text: string): string {
  return text
    .replace(/,?\s*with args beginning with:?[\s\S]*/i, '')
    .replace(/Last reply: [\s\S]*/i, 'Last reply: …')
    .replace(/(?:\.\.\.)?"[\s\S]*"(?:\.\.\.)? is not valid JSON/, 'the text is not valid JSON')
    .replace(/\b(key|group) '[\s\S]*?'(?= or consumer| in X|$)/g, "$1 '…'")
    .replace(RESP_AUTH_ARGS, `AUTH ${MASK}`)
    .replace(QUOTED_AUTH_ARGS, `AUTH ${MASK}`)
    .replace(AUTH_ARGS, `AUTH ${MASK}`);
}
