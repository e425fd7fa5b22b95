/**
 * `analyze` answers with a report, a packet's journey, a flow's packets or a list of flows: with one of them.
 *
 * @module
 */

import { Failure } from '../../system/failure.ts';
import type { FlowRequest } from './list-flows.ts';
import type { ReportOptions } from './report.ts';

/** @throws Failure `usage` where an option of one would be left out for the sake of another. */
export function requireOneAnswer(
  { packet, flow, html, snapshot }: ReportOptions,
  flows: FlowRequest | undefined,
): void {
  const asked = [
    ...(packet === undefined ? [] : ['--packet']),
    ...(flow === undefined ? [] : ['--flow']),
    ...(flows === undefined ? [] : ['a list of flows']),
  ];
  const ofReport = html !== undefined ? ['--html'] : snapshot !== undefined ? ['--snapshot'] : [];
  const [one, another] = [...asked, ...ofReport];
  if (one === undefined || another === undefined || asked.length === 0) return;
  throw new Failure('usage', `Cannot answer ${one} and ${another} at once`, 'Ask for one, then for the other');
}
