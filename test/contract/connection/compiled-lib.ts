import { transformFile } from '@swc/core';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { track, untrack } from '../../support/resources.js';
import type { TestResource } from '../../support/resources.js';

const LIB = join(process.cwd(), 'lib');
const BUILD = join(process.cwd(), 'build');

/** The library as JavaScript in a folder of its own, for child processes: what they import is what is tested here. */
export class CompiledLib implements TestResource {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<CompiledLib> {
    await mkdir(BUILD, { recursive: true });
    const compiled = track(new CompiledLib(await mkdtemp(join(BUILD, 'child-lib-'))));
    const files = await readdir(LIB, { recursive: true });
    await Promise.all(files.filter((file) => file.endsWith('.ts')).map((file) => compiled.compile(join(LIB, file))));
    return compiled;
  }

  /** Where a file of `lib/` is, as JavaScript. */
  path(file: string): string {
    return join(this.folder, file);
  }

  async stop(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    untrack(this);
  }

  private async compile(file: string): Promise<void> {
    const { code } = await transformFile(file, {
      swcrc: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
    });
    const target = join(this.folder, relative(LIB, file)).replace(/\.ts$/, '.js');
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, code);
  }
}
