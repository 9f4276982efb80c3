import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, tool } from './run.mjs';
import { Stop, say } from './say.mjs';

const TSC = tool('typescript/bin/tsc');
const SHARED = ['package-lock.json', 'tsconfig.json'];

/** Builds lib/ to dist/ where it changed since. */
export function ensureLibraryBuilt() {
  const inputs = ['lib', 'nest-cli.json', ...SHARED];
  return ensure('lib', 'dist/index.js', inputs, () =>
    run(process.execPath, [tool('@nestjs/cli/bin/nest.js'), 'build']),
  );
}

/** Builds sample/chat to build/sample/chat where it changed since, with the files that need no compiler. */
export async function ensureSampleBuilt() {
  await ensureLibraryBuilt();
  const [from, to] = ['sample/chat', 'build/sample/chat'];
  await ensure('sample', `${to}/main.js`, [from, 'lib', ...SHARED], async () => {
    const status = await run(process.execPath, [TSC, '-p', from]);
    if (status === 0) copyAssets(join(ROOT, from), join(ROOT, to));
    return status;
  });
}

/** Compiles bench/, and what it uses of the test support, to build/tools. */
export async function ensureBenchBuilt() {
  await ensureLibraryBuilt();
  const inputs = ['bench', 'lib', 'test/support', ...SHARED];
  await ensure('bench', 'build/tools/bench', inputs, () => run(process.execPath, [TSC, '-p', 'bench']));
}

/** Compiles test/long, and what it uses of the test support, to build/tools. */
export async function ensureLongBuilt() {
  await ensureLibraryBuilt();
  const inputs = ['test/long', 'lib', 'test/support', ...SHARED];
  await ensure('long', 'build/tools/test/long', inputs, () => run(process.execPath, [TSC, '-p', 'test/long']));
}

async function ensure(name, output, inputs, build) {
  const stamp = join(ROOT, 'build', '.stamps', name);
  const fingerprint = fingerprintOf(inputs);
  const mark = () => `${fingerprint} ${modifiedAt(output)}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === mark()) return;
  say(`Building ${name}`);
  const status = await build();
  if (status !== 0) throw new Stop(`${name} does not build: the compiler's messages are above.`);
  mkdirSync(join(ROOT, 'build', '.stamps'), { recursive: true });
  writeFileSync(stamp, mark());
}

/** Of the output too, so that one that was built by other means is not taken for ours. */
function modifiedAt(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtime.getTime();
}

function fingerprintOf(inputs) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap(filesOf).toSorted()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(path) {
  const full = join(ROOT, path);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full).flatMap((name) => filesOf(join(path, name)));
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

function copyAssets(from, to) {
  cpSync(from, to, { recursive: true, filter: (path) => !/\.ts$|tsconfig\.json$/.test(path) });
}
