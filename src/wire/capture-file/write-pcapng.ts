/**
 * The pcapng blocks that describe: a file begins with the section header, then come the interfaces, then packets
 * (write-packet.ts), and an interface may come at any time before its first packet. Statistics come last.
 *
 *     sectionBlock({ application: 'nsdiag 0.1.0', ... })
 *     interfaceBlock({ name: 'ns1:veth0', ... })       interface 0, the next one is 1
 *     packetBlock({ interfaceId: 0, ... }) ...
 *     statisticsBlock({ interfaceId: 0, ... })
 *
 * The host's snapshot (`snapshotOptions()`) goes into the section header. Every file cut between two blocks is a valid one. Times are in nanoseconds, numbers in little-endian order. Texts may
 * be anything: they are written as UTF-8 and cut where an option ends (65,535 bytes).
 *
 * Limit: libpcap reads no file whose interfaces differ in link type or snap length; that they do not is for the caller.
 *
 * Source: draft-ietf-opsawg-pcapng sections 4.1, 4.2 and 4.6.
 *
 * @module
 */

import type { Mac } from '../../net/mac.ts';
import { BLOCK, BYTE_ORDER_MAGIC } from './pcapng-layout.ts';
import { OPTION } from './pcapng-options.ts';
import { NANOSECOND_RESOLUTION, writeTicks } from './pcapng-ticks.ts';
import { block, countValue, type OptionToWrite, textOption, words } from './write-block.ts';

/** Where and by what a file was captured. */
export interface SectionToWrite {
  readonly hardware?: string;
  /** The operating system. */
  readonly system?: string;
  readonly application: string;
  readonly comments?: readonly string[];
  /** Of the host at the time, see embedded-snapshot.ts. */
  readonly snapshot?: readonly OptionToWrite[];
}

export interface InterfaceToWrite {
  /** `ns1:veth0`. */
  readonly name: string;
  /** Its role and peer, for people. */
  readonly description?: string;
  /** See LINK_TYPE. */
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapLengthBytes: number;
  readonly mac?: Mac;
  /** As tcpdump took it. */
  readonly filter?: string;
  /** The operating system. */
  readonly system?: string;
  readonly comments?: readonly string[];
}

/** Since 1970. */
export interface Moment {
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanoseconds: number;
}

/** What a capture counted about itself; `undefined` where it did not. */
export interface StatisticsToWrite {
  readonly interfaceId: number;
  /** When it was counted. */
  readonly at: Moment;
  readonly start?: Moment;
  readonly end?: Moment;
  /** By the interface: passed or not. */
  readonly received?: number | bigint | undefined;
  /** For want of room: by the interface, and in the files of dumpcap by the kernel; Wireshark's properties of a file show this one alone. */
  readonly dropped?: number | bigint | undefined;
  /** Passed the filter. */
  readonly accepted?: number | bigint | undefined;
  /** By the kernel, because nobody fetched them in time. */
  readonly droppedBySystem?: number | bigint | undefined;
  /** Reached the program that captured. */
  readonly delivered?: number | bigint | undefined;
  readonly comments?: readonly string[];
}

const VERSION = 1;
const LENGTH_UNKNOWN = 0xffff_ffff;
/** libpcap's kind of if_filter: text follows. */
const FILTER_IS_TEXT = '\0';

export function sectionBlock({
  hardware,
  system,
  application,
  comments = [],
  snapshot = [],
}: SectionToWrite): Uint8Array {
  // Version 1.0: its minor half is the upper one of a little-endian word.
  return block(BLOCK.section, words(BYTE_ORDER_MAGIC, VERSION, LENGTH_UNKNOWN, LENGTH_UNKNOWN), [
    ...comments.map(commentOption),
    textOption(OPTION.sectionHardware, hardware),
    textOption(OPTION.sectionSystem, system),
    textOption(OPTION.sectionApplication, application),
    ...snapshot,
  ]);
}

export function interfaceBlock(to: InterfaceToWrite): Uint8Array {
  return block(BLOCK.interface, words(to.linkType, to.snapLengthBytes), [
    ...(to.comments ?? []).map(commentOption),
    textOption(OPTION.interfaceName, to.name),
    textOption(OPTION.interfaceDescription, to.description),
    [OPTION.interfaceMac, macValue(to.mac)],
    [OPTION.timeResolution, Uint8Array.of(NANOSECOND_RESOLUTION)],
    textOption(OPTION.filter, to.filter ? FILTER_IS_TEXT + to.filter : undefined),
    textOption(OPTION.interfaceSystem, to.system),
  ]);
}

export function statisticsBlock(to: StatisticsToWrite): Uint8Array {
  const body = new Uint8Array(12);
  body.set(words(to.interfaceId));
  body.set(ticks(to.at), 4);
  return block(BLOCK.statistics, body, [
    ...(to.comments ?? []).map(commentOption),
    [OPTION.statisticsStart, to.start && ticks(to.start)],
    [OPTION.statisticsEnd, to.end && ticks(to.end)],
    [OPTION.statisticsReceived, countValue(to.received)],
    [OPTION.statisticsDropped, countValue(to.dropped)],
    [OPTION.statisticsAccepted, countValue(to.accepted)],
    [OPTION.statisticsDroppedBySystem, countValue(to.droppedBySystem)],
    [OPTION.statisticsDelivered, countValue(to.delivered)],
  ]);
}

function commentOption(comment: string): OptionToWrite {
  return textOption(OPTION.comment, comment);
}

function macValue(mac: Mac | undefined): Uint8Array | undefined {
  return mac && Uint8Array.from(mac.split(':'), (byte) => Number.parseInt(byte, 16));
}

function ticks({ seconds, nanoseconds }: Moment): Uint8Array {
  const bytes = new Uint8Array(8);
  writeTicks(new DataView(bytes.buffer), 0, seconds, nanoseconds);
  return bytes;
}
