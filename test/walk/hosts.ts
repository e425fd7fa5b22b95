/** Small hosts that the tests of the walk share, and short words for how a trip went. */

import type { Host } from '../../src/host/host.ts';
import type { Fate } from '../../src/journey/fate.ts';
import type { RoundTrip } from '../../src/journey/journey.ts';
import type { Step } from '../../src/journey/step.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { type AskOptions, ask } from '../helpers/ask.ts';
import type { HostSpec } from '../helpers/build-host.ts';

/** a - r - b, both families, r forwards. */
export const ROUTER: HostSpec = {
  a: {
    links: { va: { peer: 'r:ra', addresses: ['10.0.1.1/24', 'fd01::1/64'] } },
    routes: ['default via 10.0.1.254', '-6 default via fd01::fe'],
  },
  r: {
    links: {
      ra: { addresses: ['10.0.1.254/24', 'fd01::fe/64'] },
      rb: { peer: 'b:vb', addresses: ['10.0.2.254/24', 'fd02::fe/64'] },
    },
    sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv6/conf/all/forwarding': 1 },
  },
  b: {
    links: { vb: { addresses: ['10.0.2.1/24', 'fd02::1/64'] } },
    routes: ['default via 10.0.2.254', '-6 default via fd02::fe'],
  },
};

/** a and b on the ports pa and pb of br0 in br. */
export const BRIDGE: HostSpec = {
  a: { links: { va: { peer: 'br:pa', addresses: ['10.0.0.1/24', 'fd00::1/64'] } } },
  b: { links: { vb: { peer: 'br:pb', addresses: ['10.0.0.2/24', 'fd00::2/64'] } } },
  br: { links: { br0: { kind: 'bridge' }, pa: { master: 'br0' }, pb: { master: 'br0' } } },
};

/** Ask, and say in one line how it ended. */
export function end(host: Host, from: string, to: string, options?: AskOptions): string {
  return endText(walkRoundTrip(host, ask(from, to, options)));
}

/** `delivered`, `request no-route at a`, `reply undecided: no permission`. */
function endText({ request, reply }: RoundTrip): string {
  const { leg, fate } = reply ?? request;
  return leg === 'reply' && fate.kind === 'delivered' ? 'delivered' : `${leg} ${fateText(fate)}`;
}

function fateText(fate: Fate): string {
  switch (fate.kind) {
    case 'delivered':
      return 'delivered';
    case 'dropped':
      return `${fate.reason.kind} at ${fate.netns}${fate.device === undefined ? '' : `:${fate.device}`}`;
    case 'left-host':
      return `left-host at ${fate.netns}:${fate.device}`;
    case 'undecided':
      return `undecided: ${fate.because.join('; ')}`;
  }
}

/** `route r:rb`. */
export function stepText({ stage, netns, device }: Step): string {
  return device === undefined ? `${stage} ${netns}` : `${stage} ${netns}:${device}`;
}
