/**
 * Several observers of the same packets as one: CaptureObservers keeps its lists short.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';
import type { Finding } from '../finding.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';

export class Together implements Observer {
  readonly #observers: readonly Observer[];

  constructor(observers: readonly Observer[]) {
    this.#observers = observers;
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    for (const observer of this.#observers) observer.see(fields, number, interfaceId);
  }

  missed(): readonly Missed[] {
    return this.#observers.flatMap((observer) => observer.missed?.() ?? []);
  }

  conclude(end: EndOfCapture): readonly Finding[] {
    return this.#observers.flatMap((observer) => observer.conclude(end));
  }
}
