import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { doors, ROOT } from '../support/repository.js';

interface Settings {
  readonly entryPoints: readonly string[];
  readonly treatWarningsAsErrors: boolean;
  readonly validation: object;
}

const settings = JSON.parse(readFileSync(join(ROOT, 'typedoc.json'), 'utf8')) as Settings;

describe('the API reference', () => {
  it('is made of every door of package.json, and of no other file', () => {
    expect(settings.entryPoints.toSorted()).toEqual([...doors.values()].toSorted());
  });

  it('ends with an error where a public name has no documentation', () => {
    expect(settings).toMatchObject({ treatWarningsAsErrors: true, validation: { notDocumented: true } });
  });

  it('is made by the gate', () => {
    expect(readFileSync(join(ROOT, '.ci', 'run'), 'utf8')).toMatch(/^step docs:api npm run -s docs:api$/m);
  });
});
