/**
 * `nsdiag analyze --flows`: which flows, in which order, how many, and in which form.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import type { Flow } from '../../postmortem/flows/flow.ts';
import { escapeText } from '../../report/escape.ts';
import { type FlowFormat, flowLine, flowsHeader } from '../../report/flows.ts';
import { Failure } from '../../system/failure.ts';
import type { CommandIo } from '../io.ts';
import { type FlowTest, parseFlowFilter } from './flow-filter.ts';

/** What the command line says of flows. */
export interface FlowOptions {
  readonly flows?: boolean;
  readonly filter?: string;
  readonly sort?: string;
  readonly top?: string;
  readonly jsonLines?: boolean;
  readonly csv?: boolean;
  /** With one of the others: one document. */
  readonly json?: boolean;
}

/** Ready to be asked of captures. */
export interface FlowRequest {
  readonly test: FlowTest;
  readonly sort: FlowSort;
  readonly most: number;
  readonly format: FlowFormat;
}

export const FLOW_SORTS = ['time', 'bytes', 'packets', 'again', 'duration', 'rtt'] as const;
type FlowSort = (typeof FLOW_SORTS)[number];

const WEIGHTS: Readonly<Record<FlowSort, (flow: Flow) => number>> = {
  time: () => 0,
  bytes: ({ client, server }) => client.bytes + server.bytes,
  packets: ({ client, server }) => client.packets + server.packets,
  again: ({ client, server }) => client.sentAgain + server.sentAgain,
  duration: ({ firstNs, lastNs }) => Number(lastNs - firstNs),
  rtt: ({ handshakeNs }) => handshakeNs ?? -1,
};

/**
 * @returns `undefined`: no flows are asked for.
 * @throws Failure when an option cannot be understood; before any file is read.
 */
export function flowRequest(options: FlowOptions): FlowRequest | undefined {
  const { flows = false, filter, sort, top, jsonLines = false, csv = false, json = false } = options;
  if (!flows && !jsonLines && !csv && filter === undefined && sort === undefined && top === undefined) return undefined;
  if (top !== undefined && !/^[1-9]\d*$/.test(top)) {
    throw new Failure('usage', `Cannot list the top "${top}" flows: it is no number from 1`);
  }
  if ([jsonLines, csv, json].filter((isAsked) => isAsked).length > 1)
    throw new Failure(
      'usage',
      'Cannot write flows in several forms at once',
      'Choose one of --json, --json-lines, --csv',
    );
  return {
    test: testOf(filter),
    // The top of what, if nothing is said: of those that carried most.
    sort: oneOf(sort ?? (top === undefined ? 'time' : 'bytes'), FLOW_SORTS, 'sort flows by'),
    most: top === undefined ? Number.POSITIVE_INFINITY : Number(top),
    format: json ? 'json' : jsonLines ? 'json-lines' : csv ? 'csv' : 'text',
  };
}

function oneOf<Choice extends string>(text: string, choices: readonly Choice[], action: string): Choice {
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    throw new Failure('usage', `Cannot ${action} "${text}"`, `Name one of ${choices.join(', ')}`);
  return found;
}

function testOf(filter: string | undefined): FlowTest {
  if (filter === undefined) return () => true;
  const parsed = parseFlowFilter(filter);
  if (parsed.kind === 'filter') return parsed.test;
  const { message, at } = parsed.mistake;
  // The caret stands below the character, whatever stands before the expression.
  const shown = `  ${escapeText(filter)}\n  ${' '.repeat(escapeText(filter.slice(0, at)).length)}^`;
  throw new Failure(
    'usage',
    `Cannot read the filter: ${message}\n${shown}`,
    'See the filters in nsdiag analyze --help',
  );
}

/** Write those that are asked for, as lines. */
export function writeFlows(captures: readonly AnalysedCapture[], request: FlowRequest, io: CommandIo): void {
  const header = flowsHeader(request.format);
  if (header !== undefined) io.page(`${header}\n`);
  const wanted = wantedFlows(captures, request);
  const last = Math.min(request.most, wanted.length) - 1;
  for (const [at, flow] of wanted.slice(0, last + 1).entries()) {
    const separator = request.format === 'json' && at < last ? ',' : '';
    io.page(`${flowLine(flow, captures[flow.capture]?.path ?? '', request.format)}${separator}\n`);
  }
  const all = captures.reduce((sum, { flows }) => sum + flows.count, 0);
  const held = captures.reduce((sum, { flows }) => sum + flows.held, 0);
  const shown = last + 1;
  if (request.format === 'json') {
    io.page(`], "shown": ${shown}, "count": ${all}, "truncated": ${all > held} }\n`);
    return;
  }
  io.stderr.write(
    `${shown} of ${all} flows${all > held ? `; ${all - held} older ones had to make room and are not listed` : ''}\n`,
  );
}

function wantedFlows(captures: readonly AnalysedCapture[], { test, sort }: FlowRequest): readonly Flow[] {
  const wanted: Flow[] = [];
  for (const { flows } of captures) {
    for (const flow of flows) if (test(flow)) wanted.push(flow);
  }
  const weight = WEIGHTS[sort];
  return sort === 'time' ? wanted : wanted.sort((a, b) => weight(b) - weight(a));
}
