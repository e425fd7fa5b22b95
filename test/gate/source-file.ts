/**
 * What one source file imports, read by a real TypeScript parser: static and dynamic imports, re-exports, and those
 * for types only (`import type`, `import('./x.ts').T`), which no run of the program would show.
 *
 * Limit: a dynamic import of anything but a literal is answered as `undefined`, for the rules to refuse.
 *
 * @module
 */

import { type Program, parseSync, Visitor } from 'oxc-parser';

export interface SourceFile {
  /** From the top of the checkout, as `src/net/mac.ts`. */
  readonly path: string;
  readonly imports: readonly (string | undefined)[];
  /** Nothing in it but imports and exports of what other files made. */
  readonly isBarrel: boolean;
}

export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`Cannot parse ${path}: ${error.message}`);

  const imports: (string | undefined)[] = [];
  new Visitor({
    ImportDeclaration: (node) => void imports.push(node.source.value),
    ExportAllDeclaration: (node) => void imports.push(node.source.value),
    ExportNamedDeclaration: (node) => void (node.source && imports.push(node.source.value)),
    TSImportType: (node) => void imports.push(node.source.value),
    ImportExpression: ({ source }) =>
      void imports.push(source.type === 'Literal' && typeof source.value === 'string' ? source.value : undefined),
  }).visit(program);
  return { path, imports, isBarrel: isBarrel(program) };
}

function isBarrel({ body }: Program): boolean {
  const onlyPasses = body.every(
    (statement) =>
      statement.type === 'ImportDeclaration' ||
      statement.type === 'ExportAllDeclaration' ||
      (statement.type === 'ExportNamedDeclaration' && !statement.declaration),
  );
  return onlyPasses && body.some((statement) => statement.type !== 'ImportDeclaration');
}
