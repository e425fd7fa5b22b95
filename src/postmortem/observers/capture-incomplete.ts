/**
 * capture-incomplete: what the capture itself lacks, so that nobody takes a hole in it for a loss on the network.
 *
 * The drops of a pcapng are those that its statistics say; a classic file says none, so it may have some. Of a file
 * that breaks off before its first packet there is no frame to show: the report says so where it says what was read.
 *
 * @module
 */

import { type CaptureInterface, droppedBy } from '../../wire/capture-file/interface.ts';
import { type PacketFields, STOP } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import type { Frame } from '../frame.ts';
import { frameOf } from '../frame-words.ts';
import type { EndOfCapture, Observer } from '../observer.ts';

interface Cut {
  count: number;
  first: Frame | undefined;
}

export class IncompleteCapture implements Observer {
  readonly #capture: number;
  /** Packets that the snap length cut within their headers, and those of which it left what tells them from others. */
  readonly #cutHeaders: Cut = { count: 0, first: undefined };
  readonly #cutInside: Cut = { count: 0, first: undefined };
  #first: Frame | undefined;

  constructor(capture: number) {
    this.#capture = capture;
  }

  see(fields: PacketFields, number: number): void {
    this.#first ??= frameOf(this.#capture, number, fields);
    if (fields.stop !== STOP.cut || fields.capturedBytes >= fields.originalBytes) return;
    const isInside =
      fields.protocol === IP_PROTOCOL.icmpv6 || (fields.hasTransport && fields.protocol === IP_PROTOCOL.tcp);
    const cut = isInside ? this.#cutInside : this.#cutHeaders;
    cut.count++;
    cut.first ??= frameOf(this.#capture, number, fields);
  }

  conclude({ summary, interfaces, lastNs }: EndOfCapture): readonly Finding[] {
    const first = this.#first;
    if (first === undefined || lastNs === undefined) return [];
    const findings: Finding[] = [];
    const { packets } = summary;
    const last: Frame = { capture: this.#capture, number: packets, timestampNs: lastNs };
    if (summary.problem !== undefined) findings.push(brokenOff(summary.problem.message, last));
    const dropped = interfaces.reduce((sum, at) => sum + droppedAt(at), 0n);
    if (dropped > 0n) findings.push(drops(dropped, packets, interfaces, first));
    if (this.#cutHeaders.first !== undefined) findings.push(cutHeaders(this.#cutHeaders.count, this.#cutHeaders.first));
    if (this.#cutInside.first !== undefined) findings.push(cutInside(this.#cutInside.count, this.#cutInside.first));
    return findings;
  }
}

function brokenOff(message: string, last: Frame): Finding {
  return {
    code: 'capture-incomplete',
    severity: 'warning',
    what: `The file breaks off after packet ${last.number}: ${message}`,
    why: 'What came before was read and is analysed; what came after is not in it',
    frames: [last],
    count: 1,
    likely: [],
    confirm: 'df where it was written, and whether the capture was ended by SIGINT or killed; or copy the file again',
    cannotTell: 'Whatever happened after that packet: what seems unanswered near the end may have been answered',
  };
}

function droppedAt(captured: CaptureInterface): bigint {
  return droppedBy(captured) ?? 0n;
}

function drops(dropped: bigint, packets: number, interfaces: readonly CaptureInterface[], first: Frame): Finding {
  const lossy = interfaces.filter((at) => droppedAt(at) > 0n);
  const where =
    interfaces.length > 1 ? ` (on ${lossy.map(({ name, index }) => name ?? `interface ${index}`).join(', ')})` : '';
  const percent = (100 * Number(dropped)) / (Number(dropped) + packets);
  return {
    code: 'capture-incomplete',
    severity: 'warning',
    what: `The capture itself lost ${counted(Number(dropped), 'packet')}${where}, ${percent < 0.1 ? 'less than 0.1' : percent.toFixed(1)} % of all`,
    why: 'The program that captured was too slow for its buffer: these packets were on the network and are not in the file',
    frames: [first],
    count: Number(dropped),
    likely: [],
    confirm: 'Capture again with less a packet and a larger buffer: tcpdump -s 128 -B 16384',
    cannotTell: 'Which packets: whatever seems lost or unanswered may have been lost by the capture alone',
  };
}

function cutHeaders(cut: number, first: Frame): Finding {
  return {
    code: 'capture-incomplete',
    severity: 'warning',
    what: `The snap length of the capture cuts ${counted(cut, 'packet')} within ${cut === 1 ? 'its' : 'their'} headers`,
    why: 'Ports, flags or sequence numbers are not in the file, so nothing is said about these packets',
    frames: [first],
    count: cut,
    likely: [],
    confirm: 'Capture again with a larger snap length: tcpdump -s 256',
    cannotTell: 'Which connections these packets belong to',
  };
}

/** Of TCP, all but the options is in the file; of ICMPv6, which hosts it is between. */
function cutInside(cut: number, first: Frame): Finding {
  return {
    code: 'capture-incomplete',
    severity: 'note',
    what: `The snap length of the capture cuts ${counted(cut, 'packet')} within options of TCP or messages of ICMPv6`,
    why: 'Ports, flags and sequence numbers of TCP are there, and what they show is said. What is behind them is not: the MSS, the scale of the window, selective acknowledgements; nor what neighbour discovery asks for',
    frames: [first],
    count: cut,
    likely: [],
    confirm: 'Capture again with a larger snap length: tcpdump -s 256',
    cannotTell:
      'How large a window is, and which address a neighbour was asked for; nor which packets of another capture these are',
  };
}
