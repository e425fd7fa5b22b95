/**
 * One flow as a sequence diagram: the client on the left, the server on the right, an arrow a packet.
 *
 * @module
 */

import { endpointOf } from '../../net/endpoint.ts';
import { counted } from '../../postmortem/counted.ts';
import type { Flow } from '../../postmortem/flows/flow.ts';
import type { FlowGap, FlowStep } from '../../postmortem/flows/flow-steps.ts';
import type { SegmentMark } from '../../postmortem/tcp/segment-mark.ts';
import { TCP_FLAG } from '../../wire/fields.ts';
import { protocolName } from '../protocol-name.ts';
import { paragraph, type Style } from './style.ts';

const TIME_COLUMNS = 12;
/** Of the arrow with what it says; then the frame and its marks. */
const ARROW_COLUMNS = 40;

const MARK_TEXTS: Readonly<Record<SegmentMark, string>> = {
  retransmission: 'sent again',
  fastRetransmission: 'sent again, fast',
  spuriousRetransmission: 'sent again in vain',
  outOfOrder: 'out of order',
  lostSegment: 'one is missing',
  ackLostSegment: 'acks unseen data',
  duplicateAck: 'duplicate ack',
  zeroWindow: 'window closed',
  zeroWindowProbe: 'window probe',
  zeroWindowProbeAck: 'probe answered',
  keepAlive: 'keep-alive',
  keepAliveAck: 'keep-alive ack',
  windowUpdate: 'window opens',
  windowFull: 'window full',
  reusedPorts: 'ports reused',
};

export function flowSequenceText(flow: Flow, steps: readonly (FlowStep | FlowGap)[], style: Style): string {
  const { client, server, protocol, end, firstNs, lastNs } = flow;
  const [left, right] = [endpointOf(client.address, client.port), endpointOf(server.address, server.port)];
  const facts = [
    counted(client.packets + server.packets, 'packet'),
    `${client.payloadBytes} bytes there, ${server.payloadBytes} back`,
    `${(Number(lastNs - firstNs) / 1e9).toFixed(3)} s`,
    ...(end === undefined ? [] : [end]),
  ];
  const heads =
    left.length + right.length < ARROW_COLUMNS
      ? [' '.repeat(TIME_COLUMNS) + left + right.padStart(ARROW_COLUMNS - left.length)]
      : [' '.repeat(TIME_COLUMNS) + left, ' '.repeat(TIME_COLUMNS) + right.padStart(ARROW_COLUMNS)];
  return `${[
    paragraph(`${protocolName(protocol)} ${left} to ${right}: ${facts.join(', ')}`, style, `Flow ${flow.number}  `),
    '',
    ...heads.map((head) => style.colors.bold(head)),
    ...steps.map((step) => ('number' in step ? stepLine(step, style) : gapLine(step, style))),
  ].join('\n')}\n`;
}

function stepLine(step: FlowStep, { colors }: Style): string {
  const { number, sinceNs, fromClient, marks } = step;
  const time = (sinceNs / 1e9).toFixed(6).padStart(TIME_COLUMNS - 1);
  const label = labelOf(step);
  const shaft = '-'.repeat(Math.max(1, ARROW_COLUMNS - label.length - 4));
  const arrow = fromClient ? `- ${label} ${shaft}>` : `<${shaft} ${label} -`;
  const marked = marks.map((mark) => MARK_TEXTS[mark]).join(', ');
  return `${time} ${arrow} #${number}${marked === '' ? '' : ` ${colors.yellow(marked)}`}`;
}

function gapLine({ packets, payloadBytes }: FlowGap, { colors }: Style): string {
  return colors.dim(`${' '.repeat(TIME_COLUMNS)}... ${counted(packets, 'packet')}, ${payloadBytes} bytes ...`);
}

function labelOf({ tcp, icmpType, payloadBytes }: FlowStep): string {
  if (icmpType !== undefined) return `type ${icmpType}, ${payloadBytes} bytes`;
  if (tcp === undefined) return counted(payloadBytes, 'byte');
  const { flags, seq, ack } = tcp;
  const names = (['syn', 'fin', 'rst', 'psh'] as const).filter((flag) => (flags & TCP_FLAG[flag]) !== 0);
  return [
    ...names.map((name) => name.toUpperCase()),
    ...(payloadBytes > 0 || names.length > 0 ? [`seq ${seq}`] : []),
    ...((flags & TCP_FLAG.ack) !== 0 ? [`ack ${ack}`] : []),
    ...(payloadBytes > 0 ? [`len ${payloadBytes}`] : []),
  ].join(' ');
}
