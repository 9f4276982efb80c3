import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libraryFiles } from '../support/import-graph.js';
import { doors, ROOT } from '../support/repository.js';

interface Settings {
  readonly entryPoints: readonly string[];
  readonly treatWarningsAsErrors: boolean;
  readonly validation: object;
}

const settings = JSON.parse(readFileSync(join(ROOT, 'typedoc.json'), 'utf8')) as Settings;

/** Its example is that of what makes it. */
const MADE_BY_ANOTHER = 'StandaloneRedis';

/** The public classes of a file, with the comment of each. */
function classesOf(file: string): { readonly name: string; readonly comment: string }[] {
  const classes = /\/\*\*((?:(?!\*\/)[^])*@publicApi(?:(?!\*\/)[^])*)\*\/\s+(?:@\w+\([^\n]*\)\s+)*export class (\w+)/g;
  return [...readFileSync(join(ROOT, file), 'utf8').matchAll(classes)].map(([, comment = '', name = '']) => ({
    name,
    comment,
  }));
}

describe('the API reference', () => {
  it('is made of every door of package.json, and of no other file', () => {
    expect(settings.entryPoints.toSorted()).toEqual([...doors.values()].toSorted());
  });

  it('ends with an error where a public name has no documentation', () => {
    expect(settings).toMatchObject({ treatWarningsAsErrors: true, validation: { notDocumented: true } });
  });

  it('has an example of each class', () => {
    const classes = libraryFiles().flatMap(classesOf);
    expect(classes.length).toBeGreaterThan(15);
    const without = classes.filter(({ comment }) => !comment.includes('@example'));
    expect(without.map(({ name }) => name)).toEqual([MADE_BY_ANOTHER]);
  });

  it('is made by the gate', () => {
    expect(readFileSync(join(ROOT, '.ci', 'run'), 'utf8')).toMatch(/^step docs:api npm run -s docs:api$/m);
  });
});
