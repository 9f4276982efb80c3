import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './support/repository.js';

const exec = promisify(execFile);

describe('publishing', () => {
  it.each(['publint', 'attw'])('is fine with %s', async (check) => {
    const script = join(ROOT, 'scripts', 'check-package.mjs');
    await expect(exec(process.execPath, [script, check], { cwd: ROOT })).resolves.toBeDefined();
  });

  it('takes the build, the guides and the licence along, and no source', async () => {
    const { stdout } = await exec('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/index.js', 'dist/index.d.ts']),
    );
    expect(
      paths.filter((path) => !/^(dist|docs)\/|^(LICENSE|README\.md|CHANGELOG\.md|package\.json)$/.test(path)),
    ).toEqual([]);
  });
});
