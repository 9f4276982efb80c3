import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT } from './repository.js';

export interface ImportLine {
  /** The file that imports, from the repository's folder, such as `lib/redis.module.ts`. */
  readonly from: string;
  /** As written. */
  readonly specifier: string;
  /** The file meant, where it is one of ours. */
  readonly file?: string;
  /** The package meant, without a path inside it, where it is not. */
  readonly package?: string;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
  /** `import()` at run time, and so only when that line is reached. */
  readonly dynamic: boolean;
}

/** The TypeScript files of lib/, from the repository's folder. */
export function libraryFiles(): string[] {
  return readdirSync(join(ROOT, 'lib'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => posix.join('lib', name.replaceAll('\\', '/')))
    .toSorted();
}

/** Every import line of lib/: import and export declarations, `import()` expressions and types, `import.meta.resolve`. */
export function libraryImports(): ImportLine[] {
  return libraryFiles().flatMap(importsOf);
}

export function importsOf(from: string): ImportLine[] {
  const source = ts.createSourceFile(from, readFileSync(join(ROOT, from), 'utf8'), ts.ScriptTarget.Latest, true);
  const lines: ImportLine[] = [];
  const visit = (node: ts.Node): void => {
    const found = specifierOf(node);
    if (found) lines.push({ from, ...found, ...targetOf(from, found.specifier) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

type Written = Pick<ImportLine, 'specifier' | 'typeOnly' | 'dynamic'>;

function specifierOf(node: ts.Node): Written | undefined {
  if (ts.isImportDeclaration(node)) return written(node.moduleSpecifier, isErased(node.importClause));
  if (ts.isExportDeclaration(node)) return written(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return written(node.argument.literal, true);
  if (ts.isCallExpression(node) && isRuntimeImport(node.expression)) return written(node.arguments[0], false, true);
  return undefined;
}

function written(expression: ts.Node | undefined, typeOnly: boolean, dynamic = false): Written | undefined {
  if (!expression || !ts.isStringLiteralLike(expression)) return undefined;
  return { specifier: expression.text, typeOnly, dynamic };
}

function isErased(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function isRuntimeImport(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || callee.getText() === 'import.meta.resolve';
}

function targetOf(from: string, specifier: string): Pick<ImportLine, 'file' | 'package'> {
  if (!specifier.startsWith('.')) {
    const parts = specifier.split('/');
    return { package: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier) };
  }
  return { file: posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts') };
}

/** The files reachable from one, over run-time imports or over all of them. */
export function reachableFrom(start: string, imports: readonly ImportLine[], types: boolean): Set<string> {
  const seen = new Set([start]);
  for (const file of seen) {
    for (const line of imports) {
      if (line.from === file && line.file !== undefined && (types || !line.typeOnly)) seen.add(line.file);
    }
  }
  return seen;
}
