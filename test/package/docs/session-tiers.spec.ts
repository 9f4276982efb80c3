import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sessionTierContract } from '../../../lib/testing/index.js';
import { memoryTier } from '../../../lib/session/index.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { ReadmeApp } from '../support/readme-app.js';
import { ROOT } from '../support/repository.js';

const PAGE = 'docs/SESSION_TIERS.md';
const BUILD = "const { ensureLibraryBuilt } = await import('./scripts/lib/build.mjs'); await ensureLibraryBuilt();";
const cases = sessionTierContract({ create: () => memoryTier() });

describe('the page on session tiers', () => {
  it('names every rule of the suite, and no other', () => {
    const named = tableOf(readPage(PAGE), 'rule').rows.flatMap(([rule = '']) => codeSpans(rule));
    expect(named.toSorted()).toEqual([...new Set(cases.map(({ rule }) => rule))].toSorted());
  });

  it('names every option of the suite, and no other', () => {
    const named = tableOf(readPage(PAGE), 'option').rows.flatMap(([option = '']) => codeSpans(option));
    const all = Object.fromEntries(named.map((name) => [name, null]));
    const refusal = (): unknown => sessionTierContract(all as never);
    expect(refusal).toThrow(/create must/);
    expect(refusal).not.toThrow(/is not an option/);
    expect(named).toHaveLength(7);
  });

  it('has an example that compiles, and that the suite finds nothing wrong with', async () => {
    await promisify(execFile)(process.execPath, ['--input-type=module', '-e', BUILD], { cwd: ROOT });
    const app = ReadmeApp.create({}, PAGE);
    expect(await app.compile()).toBe('');
    const report = await app.run('shelf.tier.test.js', {});
    expect(report).toMatch(new RegExp(`^(#|ℹ) pass ${cases.length}$`, 'm'));
    expect(report).toMatch(/^(#|ℹ) fail 0$/m);
  });
});
