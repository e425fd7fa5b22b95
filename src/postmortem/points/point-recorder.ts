/**
 * Takes down what every capture saw, and matches it when all have been read.
 *
 * A place is a file; an interface of it, where it has several; or a device, in a capture of `-i any` (LINUX_SLL2).
 *
 * @module
 */

import { type CaptureInterface, droppedBy } from '../../wire/capture-file/interface.ts';
import type { CaptureReader } from '../../wire/capture-file/reader.ts';
import type { PacketFields } from '../../wire/fields.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';
import type { EndOfCapture, Observer } from '../observer.ts';
import { type MatchedPoints, matchPoints, type TooManyPoints } from './match-points.ts';
import type { Part } from './places.ts';
import { RowBlock, SightingRows } from './sighting-rows.ts';
import { Sightings } from './sightings.ts';

/** So many packets of one file, all of one place: it will have no second one, and need not be remembered. */
export const ENOUGH_OF_ONE_PLACE = 25_000;

/** Few enough to stay in the processor's first cache. */
const ROWS_AT_ONCE = 64;

/** Room for the devices of a capture beside its interfaces. */
const IFINDEX_SPAN = 0x1_0000_0000;

interface Place {
  readonly capture: number;
  readonly interfaceId: number;
  readonly ifindex: number;
}

/** Who keeps what is seen: here, or in another thread. */
export interface SightingKeeper {
  /** The first block to write to. */
  readonly block: RowBlock;
  /** @returns The next one. */
  take(block: RowBlock): RowBlock;
  /** To be awaited now and then: until what was taken is not too much to hold. */
  pace(): Promise<void>;
  /** Everything was taken. @param points So many there are. */
  end(points: number): Promise<Sightings>;
  /** Nothing more is wanted of it. */
  close(): Promise<void>;
}

export class SightingsHere implements SightingKeeper {
  readonly block = RowBlock.ofRows(ROWS_AT_ONCE);
  readonly #sightings: Sightings;

  constructor(seed: number) {
    this.#sightings = new Sightings(seed);
  }

  take(block: RowBlock): RowBlock {
    this.#sightings.take(block);
    block.rows = 0;
    return block;
  }

  async pace(): Promise<void> {}

  async end(points: number): Promise<Sightings> {
    this.#sightings.growPoints(points);
    return this.#sightings;
  }

  async close(): Promise<void> {}
}

export class PointRecorder {
  readonly #keeper: SightingKeeper;
  /** `undefined`: given up, there is one place only. */
  #rows: SightingRows | undefined;
  readonly #places: Place[] = [];
  readonly #captures: { readonly path: string; readonly interfaces: readonly CaptureInterface[] }[] = [];

  /** @param seed Unknown to whoever sends the packets. @param keeper With the same seed. */
  constructor(seed: number, keeper: SightingKeeper) {
    this.#keeper = keeper;
    this.#rows = new SightingRows(seed, keeper.block, (block) => keeper.take(block));
  }

  /**
   * @param capture Its index among those that are analysed together.
   * @param alone The capture, when there are no others: one that can be of one place only is not recorded.
   */
  observer(capture: number, path: string, alone?: CaptureReader): Observer {
    const points = new Map<number, number>();
    const rows = () => this.#rows;
    let lastKey = -1;
    let last = -1;
    return {
      see: (fields: PacketFields, number: number, interfaceId: number) => {
        const taken = rows();
        if (taken === undefined) return;
        const key = interfaceId * IFINDEX_SPAN + fields.ifindex;
        if (key !== lastKey) {
          lastKey = key;
          last = points.get(key) ?? this.#addPlace(points, key, { capture, interfaceId, ifindex: fields.ifindex });
        }
        if (alone !== undefined && points.size === 1 && (number === ENOUGH_OF_ONE_PLACE || isOnePlace(alone)))
          this.#rows = undefined;
        else taken.write(last, fields, number);
      },
      get passesOver() {
        return rows() === undefined;
      },
      conclude: ({ interfaces, summary }: EndOfCapture) => {
        if (summary.format === undefined) return [];
        this.#captures[capture] = { path, interfaces };
        // A capture without a packet is a place all the same: that nothing came there is what it shows.
        if (points.size === 0) this.#addPlace(points, 0, { capture, interfaceId: 0, ifindex: 0 });
        return [];
      },
    };
  }

  /** See SightingKeeper. */
  pace(): Promise<void> {
    return this.#keeper.pace();
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  /** Everything has been read. @returns As `matchPoints()`. */
  async finish(): Promise<MatchedPoints | TooManyPoints | undefined> {
    const rows = this.#rows;
    if (rows === undefined || this.#places.length < 2) return undefined;
    rows.flush();
    const sightings = await this.#keeper.end(this.#places.length);
    sightings.baseSeconds = rows.baseSeconds;
    const names = this.#places.map((place) => this.#nameOf(place));
    const parts = this.#places.map((place, at) =>
      this.#partOf(place, names.indexOf(names[at] ?? '') === at && names.lastIndexOf(names[at] ?? '') === at),
    );
    return matchPoints(sightings, parts);
  }

  #addPlace(points: Map<number, number>, key: number, place: Place): number {
    const point = this.#places.push(place) - 1;
    points.set(key, point);
    return point;
  }

  #partOf(place: Place, isUnique: boolean): Part {
    const { path = '', interfaces = [] } = this.#captures[place.capture] ?? {};
    const captured = interfaces[place.interfaceId];
    const dropped = captured && droppedBy(captured);
    const name = this.#nameOf(place);
    return {
      capture: place.capture,
      file: path,
      name: isUnique ? name : name === baseName(path) ? path : `${baseName(path)}:${name}`,
      linkType: captured?.linkType ?? -1,
      interfaceName: this.#isOneDevice(place) ? captured?.name : `ifindex ${place.ifindex}`,
      dropped: dropped === undefined ? undefined : Number(dropped),
    };
  }

  #nameOf(place: Place): string {
    const { capture, interfaceId, ifindex } = place;
    const { path = '', interfaces = [] } = this.#captures[capture] ?? {};
    if (!this.#isOneDevice(place)) return `${this.#captures.length > 1 ? `${baseName(path)}:` : ''}ifindex ${ifindex}`;
    return interfaces[interfaceId]?.name ?? (interfaces.length > 1 ? `interface ${interfaceId}` : baseName(path));
  }

  /** The interface of the file is one device: by its link type, or, as `nsdiag capture` writes them, because all have names. */
  #isOneDevice({ capture, interfaceId, ifindex }: Place): boolean {
    if (ifindex === 0) return true;
    const { interfaces = [] } = this.#captures[capture] ?? {};
    const isNamed = interfaces.length > 1 && interfaces[interfaceId]?.name !== undefined;
    return (
      isNamed &&
      this.#places.filter((each) => each.capture === capture && each.interfaceId === interfaceId).length === 1
    );
  }
}

/** A classic file has one interface, and only SLL2 says the device. */
function isOnePlace({ format, interfaces }: CaptureReader): boolean {
  return format === 'pcap' && interfaces[0]?.linkType !== LINK_TYPE.linuxSll2;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
