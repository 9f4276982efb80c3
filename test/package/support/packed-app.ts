import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';
import { ROOT, lockedVersion } from './repository.js';

const exec = promisify(execFile);
const INSTALL = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];

/** How a door answered when it was loaded. */
export interface DoorAnswer {
  readonly door: string;
  /** The names that it exports; absent where it did not load. */
  readonly exports?: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

/** An app in a temporary folder that has the packed tarball installed, and of its peers only what a test asks for. */
export class PackedApp implements TestResource {
  private constructor(readonly dir: string) {}

  /** An app with the tarball and the peers that are not optional. */
  static async create(tarball: string): Promise<PackedApp> {
    const app = PackedApp.empty();
    writeFileSync(join(app.dir, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', private: true }));
    await app.npm([
      tarball,
      ...['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs', '@types/node'].map(pinned),
    ]);
    return app;
  }

  /** The same app with more packages, in another folder. */
  async with(...packages: string[]): Promise<PackedApp> {
    const app = PackedApp.empty();
    cpSync(this.dir, app.dir, { recursive: true, verbatimSymlinks: true });
    if (packages.length > 0) await app.npm(packages.map(pinned));
    return app;
  }

  private static empty(): PackedApp {
    return track(new PackedApp(mkdtempSync(join(tmpdir(), 'hub-packed-'))));
  }

  /** Loads each door in one process, by `import()` or by `require()`. */
  async load(doors: readonly string[], how: 'import' | 'require'): Promise<DoorAnswer[]> {
    const script = `
      (async () => {
        const answers = [];
        for (const door of ${JSON.stringify(doors)}) {
          try {
            const loaded = await ${how}(door);
            answers.push({ door, exports: Object.keys(loaded) });
          } catch ({ code, message }) {
            answers.push({ door, code, message });
          }
        }
        console.log(JSON.stringify(answers));
      })();`;
    const file = join(this.dir, how === 'import' ? 'load.mjs' : 'load.cjs');
    writeFileSync(file, script);
    const { stdout } = await exec(process.execPath, [file], { cwd: this.dir });
    return JSON.parse(stdout) as DoorAnswer[];
  }

  /** What the compiler says to an ES module and to a CommonJS module that import the door, libraries checked too. */
  async compile(door: string): Promise<string> {
    const dir = join(this.dir, 'types');
    mkdirSync(dir, { recursive: true });
    for (const extension of ['mts', 'cts']) {
      writeFileSync(
        join(dir, `door.${extension}`),
        `import * as door from '${door}';\nexport type Door = typeof door;\n`,
      );
    }
    const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--noEmit', '--skipLibCheck', 'false'];
    const flags = [...options, '--types', 'node', '--experimentalDecorators', '--ignoreConfig'];
    const files = readdirSync(dir).map((name) => join('types', name));
    try {
      await exec(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...flags, ...files], {
        cwd: this.dir,
      });
      return '';
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  }

  stop(): Promise<void> {
    rmSync(this.dir, { recursive: true, force: true });
    untrack(this);
    return Promise.resolve();
  }

  private async npm(packages: readonly string[]): Promise<void> {
    await exec('npm', [...INSTALL, ...packages], { cwd: this.dir });
  }
}

/** Packs dist/ as it would be published; the folder goes with the app that is made of it. */
export async function pack(): Promise<{ readonly tarball: string } & TestResource> {
  const dir = mkdtempSync(join(tmpdir(), 'hub-pack-'));
  const packed = track({
    tarball: '',
    stop: () => {
      rmSync(dir, { recursive: true, force: true });
      return Promise.resolve();
    },
  });
  await exec('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', dir], { cwd: ROOT });
  packed.tarball = join(dir, readdirSync(dir)[0] ?? '');
  return packed;
}

function pinned(name: string): string {
  return `${name}@${lockedVersion(name)}`;
}
