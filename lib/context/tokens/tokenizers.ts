import { createArgumentError } from '../context.error.js';
import { estimateTokens } from './estimate-tokens.js';
import type { TextTokens } from './message-tokens.js';

/**
 * Packages that count tokens: `gpt-tokenizer` loads in a fraction of a second; `js-tiktoken` takes more than one, at
 * boot, and about 160 MB, so it is taken only where it is asked for.
 *
 * @publicApi
 */
export type TokenizerName = 'gpt-tokenizer' | 'js-tiktoken';

/** A tokenizer takes a time that grows with the square of a word: so no word is longer than this for it. */
const LONGEST = 1_024;
const ENCODING = 'o200k_base';

type Load = () => Promise<TextTokens>;

const LOADS: Record<TokenizerName, Load> = {
  'gpt-tokenizer': async () => {
    const { countTokens } = (await importByName('gpt-tokenizer')) as {
      countTokens: (text: string, options: { disallowedSpecial: ReadonlySet<string> }) => number;
    };
    // What looks like a control token in a message is text of its writer's.
    const asText = { disallowedSpecial: new Set<string>() };
    return (text) => countTokens(text, asText);
  },
  'js-tiktoken': async () => {
    const { getEncoding } = (await importByName('js-tiktoken')) as {
      getEncoding: (name: string) => { encode(text: string, allowed: string[], refused: string[]): number[] };
    };
    const encoding = getEncoding(ENCODING);
    encoding.encode('', [], []);
    return (text) => encoding.encode(text, [], []).length;
  },
};

/**
 * Counts by the tokenizer that was asked for; `auto` takes gpt-tokenizer where it is installed, else the estimate.
 *
 * @throws RedisError of kind `configuration`, with the line to type
 * @internal
 */
export async function loadTextTokens(
  wanted: 'auto' | 'estimate' | TokenizerName,
  isInstalled: (packageName: string) => boolean = isPackageInstalled,
): Promise<TextTokens> {
  if (wanted === 'estimate' || (wanted === 'auto' && !isInstalled('gpt-tokenizer'))) return estimateTokens;
  const name = wanted === 'auto' ? 'gpt-tokenizer' : wanted;
  if (!isInstalled(name)) {
    throw createArgumentError(
      'context.configure',
      `countTokens is '${name}', which is not installed. Type "npm install ${name}"`,
    );
  }
  return inPieces(await LOADS[name]());
}

function inPieces(textTokens: TextTokens): TextTokens {
  return (text) => {
    let tokens = 0;
    for (let at = 0; at < text.length; at += LONGEST) tokens += textTokens(text.slice(at, at + LONGEST));
    return tokens;
  };
}

/** By a name that no bundler and no type checker follows: none of these is needed. */
function importByName(packageName: string): Promise<unknown> {
  return import(packageName);
}

function isPackageInstalled(packageName: string): boolean {
  try {
    import.meta.resolve(packageName);
    return true;
  } catch {
    return false;
  }
}
