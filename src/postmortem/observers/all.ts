/**
 * Everybody who looks at the packets of a capture.
 *
 * @module
 */

import { BadChecksums } from './bad-checksum.ts';
import { IncompleteCapture } from './capture-incomplete.ts';
import { CaptureObservers, type FlowPlace } from './capture-observers.ts';
import { DnsQueries } from './dns.ts';
import { DuplicateAddresses } from './duplicate-address.ts';
import { UnansweredEchoes } from './echo-unanswered.ts';
import { MissingFragments } from './fragment-missing.ts';
import { IcmpErrors } from './icmp-errors.ts';
import { FlappingMacs } from './mac-flapping.ts';
import { UntranslatedSources } from './nat-missing.ts';
import { UnansweredNeighbours } from './neighbour-unanswered.ts';
import { OneDirection } from './one-direction.ts';
import { OneWayUdp } from './one-way-udp.ts';
import { RepeatedPackets } from './repeats.ts';
import { Together } from './together.ts';

/**
 * @param capture Its index among those that are analysed together.
 * @param seed Of the hash tables; not to be known by who sends packets.
 * @param place See CaptureObservers.
 */
export function observersOf(capture: number, seed: number, place: FlowPlace): CaptureObservers {
  const neighbours = new UnansweredNeighbours(capture, seed);
  const owners = new DuplicateAddresses(capture, seed);
  const segment = new Together([neighbours, owners, new FlappingMacs(capture, seed)]);
  const echoes = new UnansweredEchoes(capture, seed);
  const dns = new DnsQueries(capture, seed);
  const udp = new OneWayUdp(capture, seed);
  const sources = new UntranslatedSources(capture, seed);
  const repeats = new RepeatedPackets(capture, seed);
  const errors = new IcmpErrors(capture, seed, [echoes, dns, udp, sources], neighbours, repeats);
  const watched = {
    incomplete: new IncompleteCapture(capture),
    directions: new OneDirection(capture, seed),
    repeats,
    checksums: new BadChecksums(capture, seed),
    sources,
    arp: [segment],
    icmp: [segment, echoes, errors],
    udp: [dns, udp],
    fragment: [new MissingFragments(capture, seed)],
  };
  return new CaptureObservers(watched, place);
}
