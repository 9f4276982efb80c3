import * as fc from 'fast-check';
import { countTokens as countByO200k } from 'gpt-tokenizer';
import { countTokens as countByCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { readFileSync } from 'node:fs';
import type { ContextMessage } from '../../../lib/context/index.js';
import { estimateTokens } from '../../../lib/context/tokens/estimate-tokens.js';
import { createTokenCounter } from '../../../lib/context/tokens/token-counter.js';
import { loadTextTokens } from '../../../lib/context/tokens/tokenizers.js';
import { anyMessage } from './messages.arbitrary.js';

const TEXTS: Record<string, string> = {
  'a readme': readFileSync('README.md', 'utf8'),
  TypeScript: readFileSync('lib/context/context.cache.ts', 'utf8'),
  JSON: readFileSync('package.json', 'utf8'),
  'compact JSON': JSON.stringify(JSON.parse(readFileSync('package.json', 'utf8'))),
  English: 'What would happen if the connection were interrupted unexpectedly? Please tell me more. ',
  German:
    'Die Geschwindigkeitsbegrenzung gilt für alle Fahrzeuge, außer für Einsatzfahrzeuge. Können Sie das erklären? ',
  French: "L'été dernier, nous avons été à la plage où l'eau était délicieuse. Qu'est-ce que vous en pensez ? ",
  Polish: 'Proszę powiedzieć mi więcej o swoim pytaniu, abym mógł lepiej pomóc. ',
  Russian: 'Пожалуйста, расскажите подробнее о вашем вопросе, чтобы мы могли помочь вам быстрее. ',
  Chinese: '请告诉我更多关于您的问题，以便我能更好地帮助您。人工智能正在改变世界。',
  Japanese: 'もっと詳しく教えてください。お手伝いできることがあれば嬉しいです。',
  Korean: '질문에 대해 더 자세히 알려주시면 도와드리겠습니다. 오늘 날씨는 어떻습니까? ',
  Arabic: 'يرجى إخباري بالمزيد عن سؤالك حتى أتمكن من مساعدتك بشكل أفضل. ',
  numbers: Array.from({ length: 100 }, (_, index) => (index * 7919.37).toFixed(2)).join(', '),
  identifiers: Array.from({ length: 20 }, (_, index) => `user_${index}-${(index * 7_654_321).toString(16)}`).join(' '),
};

describe('the estimate of tokens', () => {
  it.each(Object.keys(TEXTS))('of %s is above what tokenizers count, and below three times that', (name) => {
    const text = TEXTS[name] ?? '';
    const counted = [countByO200k(text), countByCl100k(text)];
    const estimate = estimateTokens(text);
    expect(estimate).toBeGreaterThanOrEqual(Math.max(...counted));
    expect(estimate).toBeLessThan(3 * Math.max(...counted));
  });

  it('grows with the text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, two) => {
        expect(estimateTokens(one)).toBeGreaterThanOrEqual(0);
        expect(estimateTokens(`${one}\n${two}`)).toBeGreaterThanOrEqual(estimateTokens(one));
      }),
    );
    expect(estimateTokens('')).toBe(0);
  });
});

/** The pieces that the estimate goes by, cut out by a regular expression. */
function estimateByExpression(text: string): number {
  const signs: [number, number][] = [
    [0x1_0000, 3.2],
    [0xac00, 1.6],
    [0x0800, 1.3],
    [0x0250, 1.1],
    [0x0080, 1.5],
  ];
  const tokensOf = (piece: string): number => {
    const code = piece.codePointAt(0) ?? 0;
    if (/^\d/.test(piece)) return 1.4;
    if (/^[A-Z]{2,}$/.test(piece)) return piece.length / 1.3;
    if (/^[A-Za-z]/.test(piece))
      return 1 + Math.floor((Math.min(piece.length, 12) - 1) / 4) + Math.max(0, piece.length - 12) / 2;
    if (code > 0x20 && code < 0x80) return 1;
    if (code <= 0x20) return piece === ' ' ? 0 : Math.ceil(piece.length / 8);
    return /^\s/u.test(piece) ? 1 : (signs.find(([from]) => code >= from)?.[1] ?? 1);
  };
  const pieces = text.matchAll(/[A-Z]?[a-z]+|[A-Z]+|\d{1,3}|\s+|[^A-Za-z\d\s]/gu);
  return Math.ceil([...pieces].reduce((sum, [piece]) => sum + tokensOf(piece), 0));
}

describe('the walk of the estimate', () => {
  it('makes the pieces of every text that an expression does', () => {
    const units = fc.constantFrom(...'aZ9 _\n\t\0-é’あ字가😀\uD83D\uDE00\u00a0\u2028\ufeff\u007f\u0085'.split(''));
    const words = fc.constantFrom('word', 'Word', 'WORD', 'XMLHttp', '1234', '    ', 'x'.repeat(30), 'camelCase');
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(units, words)).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anyText, (text) => expect(estimateTokens(text)).toBe(estimateByExpression(text))),
      { numRuns: 3_000 },
    );
    for (const text of Object.values(TEXTS)) expect(estimateTokens(text)).toBe(estimateByExpression(text));
  });

  it('knows every single sign', () => {
    const different: number[] = [];
    for (let code = 0; code < 0x1_0000; code += 1) {
      const text = `a${String.fromCharCode(code)}B`.repeat(2);
      if (estimateTokens(text) !== estimateByExpression(text)) different.push(code);
    }
    expect(different).toEqual([]);
  });
});

describe('a tokenizer', () => {
  it.each(['gpt-tokenizer', 'js-tiktoken'] as const)(
    '%s counts as itself, and takes control tokens as text',
    async (name) => {
      const textTokens = await loadTextTokens(name);
      expect(textTokens('Hello there, how are you?')).toBe(countByO200k('Hello there, how are you?'));
      expect(textTokens('<|endoftext|>')).toBeGreaterThan(1);
    },
  );

  it('takes no more time for one long word', async () => {
    const textTokens = await loadTextTokens('gpt-tokenizer');
    expect(textTokens('a'.repeat(200_000))).toBeGreaterThan(10_000);
  });

  it('is gpt-tokenizer where it is installed, else the estimate', async () => {
    const text = 'Hello there, how are you?';
    expect((await loadTextTokens('auto'))(text)).toBe(countByO200k(text));
    expect(await loadTextTokens('auto', () => false)).toBe(estimateTokens);
  });

  it('that is not installed is told with the line to type', async () => {
    await expect(loadTextTokens('js-tiktoken', () => false)).rejects.toMatchObject({
      redisErrorKind: 'configuration',
      message: expect.stringContaining('npm install js-tiktoken'),
    });
  });
});

describe('the tokens of a message', () => {
  it('are an integer above 0 for any message', async () => {
    const countTokens = await createTokenCounter('estimate');
    fc.assert(
      fc.property(anyMessage, (message) => {
        const tokens = countTokens(message);
        expect(Number.isSafeInteger(tokens)).toBe(true);
        expect(tokens).toBeGreaterThan(0);
      }),
    );
  });

  it('count calls, names and parts, and a picture as one, not as its bytes', async () => {
    const countTokens = await createTokenCounter('estimate');
    const said: ContextMessage = { role: 'assistant', content: 'see' };
    const toolCalls = [{ id: 'a', name: 'look', arguments: { where: 'here' } }];
    expect(countTokens({ ...said, toolCalls })).toBeGreaterThan(countTokens(said) + 8);
    expect(countTokens({ ...said, name: 'ada' })).toBeGreaterThan(countTokens(said));
    const image = { type: 'image', data: 'x'.repeat(1_000_000) };
    expect(countTokens({ role: 'user', content: [image] })).toBeLessThan(2_000);
  });
});
