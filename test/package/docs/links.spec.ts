import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { anchorsOf, codeSpans, linkTargets, readPage, tableOf } from '../support/markdown.js';
import { ROOT } from '../support/repository.js';

const GUIDES = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = ['README.md', 'CHANGELOG.md', ...GUIDES.map((name) => `docs/${name}`)];

/** The file and the anchor that a link of a page means. */
function targetOf(page: string, link: string): { readonly file: string; readonly anchor?: string } {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : posix.join(posix.dirname(page), path);
  return { file, ...(anchor !== undefined && { anchor }) };
}

function isBroken(page: string, link: string): boolean {
  const { file, anchor } = targetOf(page, link);
  if (!existsSync(join(ROOT, file))) return true;
  return anchor !== undefined && !anchorsOf(readPage(file)).includes(anchor);
}

describe.each(PAGES)('%s', (name) => {
  const page = readPage(name);

  it('links to files and headings that exist', () => {
    const relative = linkTargets(page).filter((link) => !/^[a-z]+:/i.test(link));
    expect(relative.filter((link) => isBroken(name, link))).toEqual([]);
  });

  it('names files of lib/ or of the repository that exist', () => {
    const paths = codeSpans(page.prose).filter((code) => /^[\w.-]+\/[\w./-]+\.(ts|mjs|md|json)$/.test(code));
    expect(paths.filter((path) => !['.', 'lib'].some((folder) => existsSync(join(ROOT, folder, path))))).toEqual([]);
  });
});

describe('README.md', () => {
  it('links to each guide', () => {
    const files = linkTargets(readPage('README.md')).map((link) => targetOf('README.md', link).file);
    expect(files).toEqual(expect.arrayContaining(GUIDES.map((name) => `docs/${name}`)));
  });
});

describe('docs/ARCHITECTURE.md', () => {
  it('has a floor for each folder of lib/', () => {
    const named = tableOf(readPage('docs/ARCHITECTURE.md'), 'floor').rows.flatMap(([, folders = '']) =>
      codeSpans(folders).filter((code) => !code.endsWith('.ts')),
    );
    const folders = readdirSync(join(ROOT, 'lib'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(named.toSorted()).toEqual(folders.map((entry) => entry.name).toSorted());
  });
});
