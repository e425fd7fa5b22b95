/**
 * The traffic of a finding as a question to the model: in which namespace of the host it began.
 *
 * @module
 */

import { ownersOf } from '../faults/search/owner.ts';
import type { Host } from '../host/host.ts';
import { familyOf, isMulticast, isUnspecified, parseAddress } from '../net/address.ts';
import { toPort } from '../net/port.ts';
import type { Traffic } from '../postmortem/traffic.ts';
import type { Question } from '../walk/question.ts';

export type QuestionOrNone =
  | { readonly kind: 'question'; readonly question: Question }
  /** `why` is a sentence without a full stop. */
  | { readonly kind: 'none'; readonly why: string };

/** What ping(8) sends when it is not told otherwise. */
const PAYLOAD_BYTES = 56;
/** IP and ICMP headers. */
const HEADER_BYTES = { inet: 28, inet6: 48 } as const;

/** @param near Namespaces in which was captured: of several owners of an address, the one among them is meant. */
export function questionOf(host: Host, traffic: Traffic, near: ReadonlySet<string>): QuestionOrNone {
  const source = parseAddress(traffic.source);
  const destination = parseAddress(traffic.destination);
  if (source === undefined || destination === undefined) return none('It has no address that could be asked about');
  if (isUnspecified(source)) return none('Who sent it had no address yet');
  if (isMulticast(destination)) return none(`${destination} is meant for many, and the model follows one packet`);
  const owners = [...new Set(ownersOf(host, source).map(({ ref }) => ref.netns))];
  const likely = owners.filter((netns) => near.has(netns));
  const [netns, ...others] = likely.length > 0 ? likely : owners;
  if (netns === undefined)
    return none(`No namespace of the snapshot has the address ${source}, from which it was sent`);
  if (others.length > 0) {
    return none(
      `Several namespaces have the address ${source} (${[netns, ...others].join(', ')}): nobody knows which sent it`,
    );
  }
  const common = { netns, destination, from: source };
  if (traffic.ipBytes !== undefined) {
    const payloadBytes = Math.max(0, traffic.ipBytes - HEADER_BYTES[familyOf(destination)]);
    return asked({ ...common, proto: 'icmp', port: undefined, payloadBytes, dontFragment: true });
  }
  const port = traffic.port === undefined ? undefined : toPort(traffic.port);
  const isIcmp = traffic.kind === 'icmp' || traffic.kind === 'neighbour';
  if (isIcmp || port === undefined) {
    return asked({ ...common, proto: 'icmp', port: undefined, payloadBytes: PAYLOAD_BYTES });
  }
  return asked({ ...common, proto: traffic.kind, port, payloadBytes: traffic.kind === 'tcp' ? 0 : PAYLOAD_BYTES });
}

function asked(question: Question): QuestionOrNone {
  return { kind: 'question', question };
}

function none(why: string): QuestionOrNone {
  return { kind: 'none', why };
}
