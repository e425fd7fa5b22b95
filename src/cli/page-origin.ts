/**
 * Who made an HTML page, when, and how; what report/html/page.ts asks the machine for.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import type { PageOrigin } from '../report/html/page.ts';
import { shellLine } from '../report/shell-quote.ts';
import { VERSION } from './version.ts';

/** @param commandLine The words that made the page, `nsdiag` first. */
export function pageOrigin(commandLine: readonly string[]): PageOrigin {
  return {
    version: VERSION,
    madeAt: new Date().toISOString(),
    commandLine: shellLine(commandLine),
    sha256: (text) => createHash('sha256').update(text, 'utf8').digest('base64'),
  };
}
