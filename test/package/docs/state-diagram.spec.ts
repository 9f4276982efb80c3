import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { readPage } from '../support/markdown.js';
import { ROOT } from '../support/repository.js';

const START = '[*]';

/** The lines `from --> to` of the diagram in docs/ARCHITECTURE.md. */
function drawn(): (readonly [from: string, to: string])[] {
  const [diagram, ...others] = readPage('docs/ARCHITECTURE.md').blocks.filter(({ code }) =>
    code.startsWith('stateDiagram'),
  );
  if (!diagram || others.length > 0) throw new Error('There must be one state diagram');
  return [...diagram.code.matchAll(/^\s*(\S+) --> (\w+)/gm)].map(([, from = '', to = '']) => [from, to]);
}

/** The table in the code, as it is written there. */
function written(): ReadonlyMap<string, readonly string[]> {
  const file = 'lib/connection/state-machine.ts';
  const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const table = source.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => declarationList.declarations)
    .find(({ name }) => name.getText() === 'LEGAL')?.initializer;
  const object = unwrapped(table);
  if (!object || !ts.isObjectLiteralExpression(object)) throw new Error(`${file} has no table LEGAL`);
  return new Map(
    object.properties
      .filter((property) => ts.isPropertyAssignment(property))
      .map(({ name, initializer }) => [name.getText(), textsIn(initializer)]),
  );
}

/** Without `as const` and `satisfies`. */
function unwrapped(expression: ts.Expression | undefined): ts.Expression | undefined {
  if (!expression || !(ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression))) return expression;
  return unwrapped(expression.expression);
}

function textsIn(array: ts.Expression): string[] {
  if (!ts.isArrayLiteralExpression(array)) return [];
  return array.elements.filter((element) => ts.isStringLiteral(element)).map(({ text }) => text);
}

describe('the state diagram', () => {
  const table = written();
  const lines = drawn();

  it('has the states of the table', () => {
    const states = new Set(lines.flat().filter((state) => state !== START));
    expect([...states].toSorted()).toEqual([...table.keys()].toSorted());
  });

  it('has the changes of the table, and each once', () => {
    const inTable = [...table].flatMap(([from, targets]) => targets.map((to) => `${from} --> ${to}`));
    const inDiagram = lines.filter(([from]) => from !== START).map(([from, to]) => `${from} --> ${to}`);
    expect(inDiagram.toSorted()).toEqual(inTable.toSorted());
    expect(inTable.length).toBeGreaterThan(10);
  });

  it('begins where a connection begins', () => {
    const first = lines.filter(([from]) => from === START).map(([, to]) => to);
    expect(first.toSorted()).toEqual(['disabled', 'uninitialized']);
  });
});
