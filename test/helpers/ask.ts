/**
 * Questions for tests, as `nsdiag why NS DST` would ask them.
 *
 * @module
 */

import type { NetnsName } from '../../src/host/link.ts';
import type { Question } from '../../src/walk/question.ts';
import { addr, port } from './iproute-text.ts';

export interface AskOptions {
  /** `tcp/80`, `udp/53`; `icmp` unless given. */
  readonly to?: `tcp/${number}` | `udp/${number}`;
  readonly from?: string;
  /** The sender's own, where it keeps to one. */
  readonly sourcePort?: number;
  readonly payloadBytes?: number;
  /** In one piece, as --size asks for it. */
  readonly dontFragment?: true;
}

/** A ping, or a TCP or UDP probe. */
export function ask(netns: string, destination: string, options: AskOptions = {}): Question {
  const [proto, number] = options.to?.split('/') ?? [];
  return {
    netns: netns as NetnsName,
    destination: addr(destination),
    proto: proto === 'tcp' || proto === 'udp' ? proto : 'icmp',
    port: number === undefined ? undefined : port(Number(number)),
    from: options.from === undefined ? undefined : addr(options.from),
    ...(options.sourcePort === undefined ? {} : { sourcePort: port(options.sourcePort) }),
    payloadBytes: options.payloadBytes ?? (proto === 'tcp' ? 0 : 56),
    ...(options.dontFragment === undefined ? {} : { dontFragment: options.dontFragment }),
  };
}
