/**
 * In which form `nsdiag topo` answers: as asked, or as the name of the file ends.
 *
 * @module
 */

import { extname } from 'node:path';
import { Failure } from '../../system/failure.ts';

export const FORMATS = ['tree', 'json', 'dot', 'mermaid', 'svg', 'html'] as const;

export type Format = (typeof FORMATS)[number];

const BY_ENDING: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.dot': 'dot',
  '.gv': 'dot',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.svg': 'svg',
  '.html': 'html',
  '.htm': 'html',
};

/** @throws Failure `usage` for a format that there is not, or two that contradict each other. */
export function formatOf(asked: {
  readonly format?: string | undefined;
  readonly json: boolean;
  readonly output?: string | undefined;
}): Format {
  const { format, json, output } = asked;
  const known = FORMATS.find((each) => each === format);
  if (format !== undefined && known === undefined) {
    throw new Failure(
      'usage',
      `Cannot write as "${format}": there is no such format`,
      `There are: ${FORMATS.join(', ')}`,
    );
  }
  if (json && known !== undefined && known !== 'json') {
    throw new Failure('usage', `Cannot write as ${known} and as JSON at once`, 'Leave out --json, or --format');
  }
  if (json) return 'json';
  return known ?? BY_ENDING[extname(output ?? '').toLowerCase()] ?? 'tree';
}
