/**
 * Flows as lines: a table for a person, JSON lines and CSV for programs. Every line stands alone, so that a hundred
 * thousand flows are written as they come.
 *
 * @module
 */

import { endpointOf } from '../net/endpoint.ts';
import type { Flow, FlowSide } from '../postmortem/flows/flow.ts';
import type { FlowGap, FlowStep } from '../postmortem/flows/flow-steps.ts';
import { escapeJson, escapeText } from './escape.ts';
import { isoTime } from './iso-time.ts';
import { protocolName } from './protocol-name.ts';

export type FlowFormat = 'text' | 'json' | 'json-lines' | 'csv';

const CSV_HEADER =
  'file,flow,protocol,client,client_port,server,server_port,vlans,tunnel,tunnel_id,first_frame,first,last,' +
  'client_packets,server_packets,client_bytes,server_bytes,client_again,server_again,handshake_s,end,whole';

const TEXT_HEADER = 'flow  protocol  client > server                         packets     bytes  again  end';

/** What stands above the flows; `undefined`: nothing. */
export function flowsHeader(format: FlowFormat): string | undefined {
  switch (format) {
    case 'text':
      return TEXT_HEADER;
    case 'csv':
      return CSV_HEADER;
    case 'json':
      return '{ "schema": "nsdiag.flows/1", "flows": [';
    case 'json-lines':
      return undefined;
  }
}

/** One flow, in one line (of text, in two where the addresses are long). */
export function flowLine(flow: Flow, file: string, format: FlowFormat): string {
  switch (format) {
    case 'text':
      return textLine(flow);
    case 'csv':
      return csvLine(flow, file);
    case 'json':
    case 'json-lines':
      return escapeJson(JSON.stringify({ file, ...flowDocument(flow) }));
  }
}

/** One flow packet by packet: schema `nsdiag.flow/1`. */
export function flowStepsDocument(flow: Flow, file: string, steps: readonly (FlowStep | FlowGap)[]) {
  return {
    schema: 'nsdiag.flow/1',
    flow: { file, ...flowDocument(flow) },
    steps: steps.map((step) =>
      'number' in step ? { ...step, tcp: step.tcp ?? null, icmpType: step.icmpType ?? null } : step,
    ),
  };
}

/** A flow as a value for JSON.stringify. */
function flowDocument(flow: Flow) {
  const side = ({ address, port, packets, bytes, payloadBytes, sentAgain, roundTripNs, windowScale }: FlowSide) => ({
    address,
    port: port ?? null,
    packets,
    bytes,
    payloadBytes,
    sentAgain,
    roundTripSeconds: roundTripNs === undefined ? null : roundTripNs / 1e9,
    windowScale: windowScale ?? null,
  });
  return {
    flow: flow.number,
    protocol: protocolName(flow.protocol),
    client: side(flow.client),
    server: side(flow.server),
    vlans: flow.vlans,
    tunnel: flow.tunnel ?? null,
    tunnelId: flow.tunnelId ?? null,
    interface: flow.interfaceId,
    ifindex: flow.ifindex === 0 ? null : flow.ifindex,
    firstFrame: flow.firstFrame,
    first: isoTime(flow.firstNs),
    last: isoTime(flow.lastNs),
    handshakeSeconds: flow.handshakeNs === undefined ? null : flow.handshakeNs / 1e9,
    end: flow.end ?? null,
    whole: flow.isWhole ?? null,
  };
}

function textLine(flow: Flow): string {
  const { client, server } = flow;
  const ends = `${endpointOf(client.address, client.port)} > ${endpointOf(server.address, server.port)}`;
  const numbers = [
    String(client.packets + server.packets).padStart(7),
    shortBytes(client.bytes + server.bytes).padStart(9),
    String(client.sentAgain + server.sentAgain).padStart(6),
  ].join(' ');
  const tags = [
    ...flow.vlans.map((id) => `vlan ${id}`),
    ...(flow.tunnel === undefined ? [] : [`${flow.tunnel}${flow.tunnelId === undefined ? '' : ` ${flow.tunnelId}`}`]),
  ];
  const rest = `${numbers}  ${flow.end ?? ''}${tags.length > 0 ? `  (${tags.join(', ')})` : ''}`.trimEnd();
  const head = `${String(flow.number).padStart(4)}  ${protocolName(flow.protocol).padEnd(8)}  `;
  const column = 39;
  return ends.length <= column
    ? `${head}${ends.padEnd(column)} ${rest}`
    : `${head}${ends}\n${' '.repeat(head.length + column + 1)}${rest}`;
}

/** `999 B`, `1.2 kB`, `34 MB`. */
function shortBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.floor(value)} ${units[unit]}`;
}

function csvLine(flow: Flow, file: string): string {
  const { client, server } = flow;
  return [
    file,
    flow.number,
    protocolName(flow.protocol),
    client.address,
    client.port,
    server.address,
    server.port,
    flow.vlans.join(' '),
    flow.tunnel,
    flow.tunnelId,
    flow.firstFrame,
    isoTime(flow.firstNs),
    isoTime(flow.lastNs),
    client.packets,
    server.packets,
    client.bytes,
    server.bytes,
    client.sentAgain,
    server.sentAgain,
    flow.handshakeNs === undefined ? undefined : flow.handshakeNs / 1e9,
    flow.end,
    flow.isWhole,
  ]
    .map((value) => csvCell(value === undefined ? '' : String(value)))
    .join(',');
}

/** RFC 4180. A cell that a spreadsheet would take for a formula is made text. */
function csvCell(text: string): string {
  const harmless = escapeText(/^[=+@\t-]/.test(text) ? `'${text}` : text);
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
