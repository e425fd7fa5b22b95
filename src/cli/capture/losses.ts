/**
 * What was lost and what was not answered, in groups: a flood of losses is one line.
 *
 * @module
 */

import type { LostGroup } from '../../postmortem/live/journey.ts';
import type { Traffic } from '../../postmortem/traffic.ts';

/** A group, and what the model may be asked about it. */
export interface Group extends LostGroup {
  readonly traffic: Traffic | undefined;
}

/** More kinds are counted in one. */
const MOST_GROUPS = 256;

export class Groups {
  /** Packets of all groups, and of those that have none. */
  total = 0;
  readonly #groups = new Map<string, Group>();

  /** By size. */
  get all(): readonly Group[] {
    return [...this.#groups.values()].filter(({ packets }) => packets > 0).sort((a, b) => b.packets - a.packets);
  }

  /** Packets that stand in no group. */
  get others(): number {
    return this.total - this.all.reduce((sum, { packets }) => sum + packets, 0);
  }

  /** The group of such packets, to be counted in; `undefined` when there are too many. */
  of(key: string, make: () => Omit<Group, 'packets'>): Group | undefined {
    const known = this.#groups.get(key);
    if (known !== undefined || this.#groups.size >= MOST_GROUPS) return known;
    const group = { ...make(), packets: 0 };
    this.#groups.set(key, group);
    return group;
  }

  count(group: Group | undefined): void {
    this.total++;
    if (group !== undefined) group.packets++;
  }

  /** One that was counted is none after all. */
  takeBack(group: Group | undefined): void {
    this.total--;
    if (group !== undefined) group.packets--;
  }
}
