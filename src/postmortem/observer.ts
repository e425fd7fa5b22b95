/**
 * Who looks at every packet of a capture for one kind of trouble.
 *
 * Millions of packets pass: an observer keeps what it needs in numbers and typed arrays, makes no object, string or
 * BigInt for a packet that is in order, and bounds what it keeps (`Limits`), saying so when the bound was met.
 *
 * @module
 */

import type { PacketFields } from '../wire/fields.ts';
import type { Finding } from './finding.ts';

export interface Observer {
  /**
   * @param fields Of the packet; valid during the call only.
   * @param number The packet's, in its capture, from 1.
   * @param interfaceId Where it was captured: index into the interfaces of the capture.
   */
  see(fields: PacketFields, number: number, interfaceId: number): void;
  /** When the capture has ended. */
  conclude(): readonly Finding[];
}
