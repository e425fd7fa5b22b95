/**
 * One capture, read once: every packet is dissected and shown to every observer.
 *
 * @module
 */

import { SnapshotFinder } from '../wire/capture-file/embedded-snapshot.ts';
import type { CaptureInterface } from '../wire/capture-file/interface.ts';
import { CaptureReader, type CaptureSummary } from '../wire/capture-file/reader.ts';
import { dissect } from '../wire/dissect.ts';
import { PacketFields, STOP } from '../wire/fields.ts';
import { LINK_TYPE } from '../wire/link-type.ts';
import type { Finding } from './finding.ts';
import type { FlowList } from './flows/flow-list.ts';
import type { FlowTracker } from './flows/flow-tracker.ts';
import { foldFindings } from './fold.ts';
import type { Missed, Observer } from './observer.ts';
import { isSample } from './samples.ts';
import { SecondSights } from './second-sights.ts';

/** A capture that has been read. */
export interface AnalysedCapture {
  /** As it was named on the command line. */
  readonly path: string;
  readonly summary: CaptureSummary;
  readonly interfaces: readonly CaptureInterface[];
  /** `undefined`: no packet. In nanoseconds since 1970, by the capture's clock. */
  readonly firstNs: bigint | undefined;
  readonly lastNs: bigint | undefined;
  /** How many packets were not read to the end, by why (STOP) and the number that is not known. */
  readonly notRead: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
  readonly flows: FlowList;
  /** Packets that were seen on another device just before, and are looked at once. */
  readonly secondSights: number;
  /** Where a bound was met of what is remembered. */
  readonly missed: readonly Missed[];
  /** Of the host, as `nsdiag capture` puts them into a file: gzip, each. */
  readonly snapshots: readonly Uint8Array[];
}

/** What the bytes of one capture are written into: see CaptureReader. */
export class CaptureAnalysis {
  readonly reader: CaptureReader;
  readonly #path: string;
  readonly #observers: readonly Observer[];
  readonly #flows: FlowTracker;
  readonly #fields = new PacketFields();
  readonly #notRead = new Map<number, number>();
  readonly #snapshots = new SnapshotFinder();
  #seconds: SecondSights | undefined;
  #number = 0;
  /** Nobody wants to see an ordinary packet: see `Observer.passesOver`. */
  #mayPass = false;
  /** Of the packet before: an interface keeps its link type. */
  #interfaceId = -1;
  #linkType = -1;
  #firstSeconds = 0;
  #firstNanoseconds = 0;

  constructor(path: string, observers: readonly Observer[], flows: FlowTracker) {
    this.#path = path;
    this.#observers = observers;
    this.#flows = flows;
    this.reader = new CaptureReader({ packet: this.#see.bind(this), sectionOption: this.#snapshots.take });
  }

  /** There is no more. @param problem Why the bytes ended early, where that is known. */
  finish(problem: string | undefined): AnalysedCapture {
    const told = this.reader.finish();
    const { packets, bytes } = told;
    const cut = problem === undefined ? undefined : { message: problem, record: packets + 1, offset: bytes };
    const summary = { ...told, problem: cut ?? told.problem };
    const { interfaces } = this.reader;
    const fields = this.#fields;
    const lastNs = packets === 0 ? undefined : nanoseconds(fields.seconds, fields.nanoseconds);
    return {
      path: this.#path,
      summary,
      interfaces,
      firstNs: packets === 0 ? undefined : nanoseconds(this.#firstSeconds, this.#firstNanoseconds),
      lastNs,
      notRead: new Map([...this.#notRead].map(([key, count]) => [whyNotRead(key), count])),
      findings: foldFindings([
        ...this.#observers.flatMap((observer) => observer.conclude({ summary, interfaces, lastNs })),
        ...this.#flows.conclude(),
      ]),
      flows: this.#flows.flows(),
      secondSights: this.#seconds?.count ?? 0,
      missed: this.#observers.flatMap((observer) => observer.missed?.() ?? []).filter(({ packets }) => packets > 0),
      snapshots: this.#snapshots.found,
    };
  }

  #see(
    bytes: Uint8Array,
    start: number,
    capturedBytes: number,
    originalBytes: number,
    seconds: number,
    nanoseconds: number,
    interfaceId: number,
  ): void {
    const fields = this.#fields;
    if (fields.bytes !== bytes) {
      fields.bytes = bytes;
      fields.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    fields.start = start;
    fields.capturedBytes = capturedBytes;
    fields.originalBytes = originalBytes;
    fields.seconds = seconds;
    fields.nanoseconds = nanoseconds;
    if (interfaceId !== this.#interfaceId) {
      this.#interfaceId = interfaceId;
      this.#linkType = this.reader.interfaces[interfaceId]?.linkType ?? -1;
    }
    if (this.#number++ === 0) {
      this.#firstSeconds = seconds;
      this.#firstNanoseconds = nanoseconds;
    }
    if (isSample(this.#number)) this.#mayPass ||= this.#observers.every(({ passesOver }) => passesOver === true);
    else if (this.#mayPass && this.#linkType === LINK_TYPE.ethernet && this.#flows.seeNext(fields, interfaceId)) return;
    dissect(fields, this.#linkType);
    if (fields.stop >= STOP.linkType) this.#count(fields.stop * 0x1_0000_0000 + fields.stopValue);
    if (this.#linkType === LINK_TYPE.linuxSll) {
      this.#seconds ??= new SecondSights();
      if (this.#seconds.isAgain(fields)) return;
    }
    this.#flows.see(fields, this.#number, interfaceId);
    const observers = this.#observers;
    for (let at = 0; at < observers.length; at++) observers[at]?.see(fields, this.#number, interfaceId);
  }

  #count(key: number): void {
    this.#notRead.set(key, (this.#notRead.get(key) ?? 0) + 1);
  }
}

function nanoseconds(seconds: number, nanosecondsOfSecond: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanosecondsOfSecond);
}

function whyNotRead(key: number): string {
  const value = key % 0x1_0000_0000;
  switch (Math.floor(key / 0x1_0000_0000)) {
    case STOP.linkType:
      return `link type ${value}`;
    case STOP.etherType:
      return value < 1536 ? 'IEEE 802.3 frames' : `ether type 0x${value.toString(16).padStart(4, '0')}`;
    default:
      return `IP protocol ${value}`;
  }
}
