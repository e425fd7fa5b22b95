/**
 * The text of a YAML file to what it says, or to every problem that it has, each with its line and its key.
 *
 * @module
 */

import { type BaseIssue, type GenericSchema, type InferOutput, safeParse } from 'valibot';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { formatPath, type Problem, type YamlPath } from './problem.ts';

/** What the file says, or one line of text for each problem. */
export type ParsedYaml<Value> =
  | { readonly ok: true; readonly value: Value; readonly lineOf: (path: YamlPath) => number }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Parse a file. Never throws, whatever the text holds.
 *
 * @param text The whole file.
 * @param name How problems call it: `my.yaml:12: bridges[0].prots: unknown key, did you mean ports?`
 * @param problemsOf What the schema, which sees one value at a time, cannot find.
 */
export function parseYamlFile<Schema extends GenericSchema>(
  text: string,
  name: string,
  schema: Schema,
  problemsOf: (value: InferOutput<Schema>) => readonly Problem[],
): ParsedYaml<InferOutput<Schema>> {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    return { ok: false, problems: broken.map(({ pos, message }) => `${name}:${lineAt(pos[0])}: ${message}`) };
  }

  const lineOf = (path: YamlPath): number => lineAt(offsetOf(document, path));
  const refuse = (problems: readonly Problem[]): ParsedYaml<never> => ({
    ok: false,
    problems: problems.map(({ path, because }) => {
      const place = path.length === 0 ? 'the file' : formatPath(path);
      return `${name}:${lineOf(path)}: ${place}: ${because}`;
    }),
  });
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply without end.
    return refuse([{ path: [], because: error instanceof Error ? error.message : String(error) }]);
  }
  const checked = safeParse(schema, value);
  if (!checked.success) return refuse(checked.issues.map(problemOf));
  const problems = problemsOf(checked.output);
  return problems.length === 0 ? { ok: true, value: checked.output, lineOf } : refuse(problems);
}

function problemOf(issue: BaseIssue<unknown>): Problem {
  const keys = issue.path?.map(({ key }) => key) ?? [];
  return {
    path: keys.filter((key) => typeof key === 'string' || typeof key === 'number'),
    because: issue.message,
  };
}

/** Where a place stands in the text; of a key that is missing, the innermost place around it that is there. */
function offsetOf(document: Document.Parsed, path: YamlPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const key of path) {
    let next: { readonly key: unknown; readonly value: unknown } | undefined;
    if (isMap(node)) next = node.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
    else if (isSeq(node) && typeof key === 'number') next = { key: node.items[key], value: node.items[key] };
    offset = startOf(next?.key) ?? offset;
    node = next?.value;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
