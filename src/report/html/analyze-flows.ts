/**
 * The flows, in a table that can be sorted, and those that findings are about packet by packet.
 *
 * @module
 */

import { endpointOf } from '../../net/endpoint.ts';
import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import type { Flow } from '../../postmortem/flows/flow.ts';
import { isoTime } from '../iso-time.ts';
import { protocolName } from '../protocol-name.ts';
import { flowSequenceText } from '../text/flow-sequence.ts';
import { styleOf } from '../text/style.ts';
import type { AnalyzePage, SecondLook } from './analyze-look.ts';
import { type Markup, markup } from './markup.ts';
import { type Column, fold, preformatted, type Row, table } from './parts.ts';

/** Those with most bytes, and those of findings. */
const MOST_FLOWS = 300;
const COLUMNS = 80;

/** Rows go where a click on the head of a column puts them; without scripts they stay as they are. */
export const FLOWS_SCRIPT = `
for (const table of document.querySelectorAll('#flows table')) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const isUp = head.getAttribute('aria-sort') === 'descending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
      const isNumber = body.rows[0] !== undefined && body.rows[0].cells[column].className === 'number';
      const value = (row) => isNumber ? parseFloat(row.cells[column].textContent) || 0 : row.cells[column].textContent;
      const compare = (a, b) => isNumber ? value(a) - value(b) : value(a).localeCompare(value(b), 'en', { numeric: true });
      body.append(...[...body.rows].sort((a, b) => isUp ? compare(a, b) : compare(b, a)));
    });
  });
}
`;

export const FLOWS_STYLE = `
#flows th button { border: 0; background: none; padding: 0; font: inherit; color: inherit; }
#flows th[aria-sort] { color: var(--ink); }
#flows th[aria-sort="ascending"] button::after { content: ' ↑'; }
#flows th[aria-sort="descending"] button::after { content: ' ↓'; }
#flows .scroll { max-height: 40rem; overflow-y: auto; }
#flows thead th { position: sticky; top: 0; background: var(--paper); }
@media print { #flows .scroll { max-height: none; } #flows th button { display: inline; } }
`;

export function flowId({ capture, number }: Flow): string {
  return `flow-${capture + 1}-${number}`;
}

/** @returns `undefined` when there is none. */
export function flowsMarkup(
  captures: readonly AnalysedCapture[],
  { flows: named, steps }: SecondLook,
): Markup | undefined {
  const kept = largest(captures);
  const rest = [...new Set(named.values())].filter((flow) => !kept.some((each) => flowId(each) === flowId(flow)));
  const shown = [...kept, ...rest];
  if (shown.length === 0) return undefined;
  const total = captures.reduce((sum, { flows }) => sum + flows.count, 0);
  const drawn = new Set([...steps.keys()].map(flowId));
  const rows = shown.map((flow) => flowRow(flow, captures, drawn));
  const isSome = total > shown.length;
  return markup`${isSome ? markup`<p class="faint">${shown.length} of ${total}, those with most bytes; all of them: nsdiag analyze FILE --flows</p>` : ''}
${table('Flows', captures.length > 1 ? [{ title: 'file', kind: 'text' }, ...FLOW_COLUMNS] : FLOW_COLUMNS, rows)}`;
}

const FLOW_COLUMNS: readonly Column[] = [
  { title: 'flow', kind: 'number' },
  { title: 'protocol', kind: 'name' },
  { title: 'client', kind: 'name' },
  { title: 'server', kind: 'name' },
  { title: 'packets', kind: 'number' },
  { title: 'bytes', kind: 'number' },
  { title: 'sent again', kind: 'number' },
  { title: 'handshake, ms', kind: 'number' },
  { title: 'from (UTC)', kind: 'name' },
  { title: 'seconds', kind: 'number' },
  { title: 'end', kind: 'name' },
];

/** Kept small while millions go by. */
function largest(captures: readonly AnalysedCapture[]): readonly Flow[] {
  let kept: Flow[] = [];
  const byBytes = (a: Flow, b: Flow) => bytesOf(b) - bytesOf(a);
  for (const { flows } of captures) {
    for (const flow of flows) {
      kept.push(flow);
      if (kept.length >= 8 * MOST_FLOWS) kept = kept.sort(byBytes).slice(0, MOST_FLOWS);
    }
  }
  return kept.sort(byBytes).slice(0, MOST_FLOWS);
}

function bytesOf({ client, server }: Flow): number {
  return client.bytes + server.bytes;
}

function flowRow(flow: Flow, captures: readonly AnalysedCapture[], drawn: ReadonlySet<string>): Row {
  const { number, protocol, client, server, handshakeNs, firstNs, lastNs, end } = flow;
  const id = flowId(flow);
  return {
    cells: [
      ...(captures.length > 1 ? [captures[flow.capture]?.path] : []),
      drawn.has(id) ? markup`<a href="#${id}">${number}</a>` : number,
      protocolName(protocol),
      endpointOf(client.address, client.port),
      endpointOf(server.address, server.port),
      client.packets + server.packets,
      bytesOf(flow),
      client.sentAgain + server.sentAgain,
      handshakeNs === undefined ? '' : (handshakeNs / 1e6).toFixed(3),
      isoTime(firstNs).slice(11, 23),
      (Number(lastNs - firstNs) / 1e9).toFixed(3),
      end,
    ],
  };
}

/** @returns `undefined` when no finding is about a flow, or it could not be looked at again. */
export function sequencesMarkup({ analysis: { captures }, second }: AnalyzePage): Markup | undefined {
  if (second.steps.size === 0) return undefined;
  const style = styleOf(false, COLUMNS);
  return markup`${[...second.steps].map(([flow, steps]) => {
    const where = captures.length > 1 ? ` of ${captures[flow.capture]?.path}` : '';
    const [client, server] = [flow.client, flow.server].map(({ address, port }) => endpointOf(address, port));
    const title = `Flow ${flow.number}${where}: ${protocolName(flow.protocol)} ${client} to ${server}`;
    // Within the fold, so that a link to it opens that.
    return fold(title, markup`<div id="${flowId(flow)}">${preformatted(flowSequenceText(flow, steps, style))}</div>`);
  })}`;
}
