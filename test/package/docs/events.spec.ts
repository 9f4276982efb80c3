import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { importsOf, libraryFiles } from '../support/import-graph.js';
import { codeSpans, readPage, tableOf } from '../support/markdown.js';
import { doors, ROOT } from '../support/repository.js';

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const rows = tableOf(readPage('docs/EVENTS.md'), 'channel').rows.map(
  ([channel = '', type = '', from = '', , fields]) => ({
    channel: codeSpans(channel)[0] ?? '',
    type: codeSpans(type)[0] ?? '',
    door: codeSpans(from)[0] ?? '',
    fields: codeSpans(fields ?? ''),
  }),
);

/** The channels that the code makes. */
function channels(): string[] {
  return libraryFiles().flatMap((file) =>
    [...sourceOf(file).matchAll(/\bchannel\('([^']+)'\)/g)].map(([, name = '']) => name),
  );
}

/** The members of an interface, wherever in lib/ it is. */
function membersOf(type: string): string[] {
  const isIt = (node: ts.Node): node is ts.InterfaceDeclaration =>
    ts.isInterfaceDeclaration(node) && node.name.text === type;
  const found = libraryFiles()
    .filter((file) => sourceOf(file).includes(`interface ${type} `))
    .flatMap((file) => ts.createSourceFile(file, sourceOf(file), ts.ScriptTarget.Latest, true).statements.filter(isIt));
  return found.flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ''));
}

describe('docs/EVENTS.md', () => {
  it('has every channel, and no other', () => {
    expect(rows.map(({ channel }) => channel).toSorted()).toEqual(channels().toSorted());
  });

  it.each(rows)('names the fields of $type', ({ type, fields }) => {
    expect(fields).toEqual(membersOf(type));
  });

  it.each(rows)('names the door that exports $type', ({ type, door }) => {
    const source = doors.get(door) ?? '';
    expect(sourceOf(source)).toMatch(new RegExp(`\\b${type}\\b`));
    expect(importsOf(source).some(({ file }) => sourceOf(file ?? '').includes(`interface ${type} `))).toBe(true);
  });

  it.each(rows)('has $channel named where $type is declared', ({ channel, type }) => {
    const file = libraryFiles().find((name) => sourceOf(name).includes(`interface ${type} `)) ?? '';
    expect(sourceOf(file)).toContain(`on the channel`);
    expect(sourceOf(file)).toContain(`\`${channel}\``);
  });
});
