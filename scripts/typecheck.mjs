/** `npm run typecheck`: every TypeScript project of the repository, one after the other. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureLibraryBuilt } from './lib/build.mjs';
import { ROOT, run, tool } from './lib/run.mjs';
import { main, say } from './lib/say.mjs';

/** The last two import the package by its name, and so need its build. */
const PROJECTS = ['.', 'test', 'scripts', 'sample/chat', 'bench'];

await main(async () => {
  await ensureLibraryBuilt();
  let failed = 0;
  for (const project of PROJECTS.filter(hasSources)) {
    say(`Checking the types of ${project === '.' ? 'lib' : project}`);
    const status = await run(process.execPath, [tool('typescript/bin/tsc'), '-p', project, '--noEmit']);
    if (status !== 0) failed += 1;
  }
  return failed === 0 ? 0 : 1;
});

function hasSources(project) {
  return readdirSync(join(ROOT, project), { recursive: true }).some((file) => /\.(ts|mjs)$/.test(String(file)));
}
