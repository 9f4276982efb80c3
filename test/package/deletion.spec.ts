import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { libraryFiles } from './support/import-graph.js';
import { ROOT } from './support/repository.js';

const CONSUMERS = ['session', 'context', 'bullmq', 'health', 'metrics', 'otel'];
/** The door that consumers share: a line goes with the consumer that it leads to. */
const SHARED_DOOR = join(ROOT, 'lib/testing/index.ts');

/** Compiles lib/ as if the folder were not there; parsed files are shared between the runs. */
function compileWithout(folder: string | undefined, parsed: Map<string, ts.SourceFile | undefined>): string[] {
  const file = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(file.config, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const isGone = (path: string): boolean => folder !== undefined && path.includes(`/lib/${folder}/`);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => !isGone(path) && fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, ...rest));
    const source = parsed.get(path);
    return path === SHARED_DOOR && source ? withoutLinesInto(folder, source) : source;
  };
  const names = libraryFiles().map((name) => join(ROOT, name));
  const program = ts.createProgram(
    names.filter((name) => !isGone(name)),
    { ...options, noEmit: true },
    host,
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file: source, messageText }) => `${source?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
}

function withoutLinesInto(folder: string | undefined, source: ts.SourceFile): ts.SourceFile {
  const kept = source.statements
    .map((line) => line.getText(source))
    .filter((line) => folder === undefined || !line.includes(`'../${folder}/`));
  return ts.createSourceFile(source.fileName, [...kept, 'export {};'].join('\n'), source.languageVersion, true);
}

describe('deleting one consumer folder', () => {
  const parsed = new Map<string, ts.SourceFile | undefined>();

  it('begins with a library that compiles', () => {
    expect(compileWithout(undefined, parsed)).toEqual([]);
  });

  it.each(CONSUMERS)('leaves the rest compiling: %s', (folder) => {
    expect(existsSync(join(ROOT, 'lib', folder))).toBe(true);
    expect(compileWithout(folder, parsed)).toEqual([]);
  });

  it('would be noticed: without connection/ it does not compile', () => {
    expect(compileWithout('connection', parsed)).not.toEqual([]);
  });
});
