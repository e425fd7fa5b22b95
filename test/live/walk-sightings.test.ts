/** The walk against the wire: every device on which tcpdump sees the packet, in order, whether it arrives or not. */

import { expect } from 'vitest';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { foreseen, Watch } from '../helpers/sightings.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

/** Containers on two bridges of gw, which masquerades towards out; out knows no way back. */
const NETWORK = `
  namespaces a b c gw out
  wire a va gw pa
  wire b vb gw pb
  wire c vc gw pc
  wire gw wan out inside
  bridge_ gw br0 pa pb
  bridge_ gw br1 pc
  address a va 10.0.0.1/24 fd00::1/64
  address b vb 10.0.0.2/24 fd00::2/64
  address c vc 10.0.1.1/24 fd01::1/64
  address gw br0 10.0.0.254/24 fd00::fe/64
  address gw br1 10.0.1.254/24 fd01::fe/64
  address gw wan 203.0.113.1/24
  address out inside 203.0.113.2/24
  for each in a b; do ip -n $each route add default via 10.0.0.254; ip -n $each route add default via fd00::fe; done
  ip -n c route add default via 10.0.1.254
  ip -n c route add default via fd01::fe
  sysctl_ gw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  ip netns exec gw iptables -t nat -A POSTROUTING -s 10.0.0.0/16 -o wan -j MASQUERADE
  # A port that has just come up forwards within a second (linkwatch).
  until bridge -n gw link show | grep -c "state forwarding" | grep -qx 3; do sleep 0.05; done
`;

interface Passage {
  readonly change?: string;
  readonly from: string;
  readonly to: string;
  readonly answered: boolean;
}

const PASSAGES: Readonly<Record<string, Passage>> = {
  bridged: { from: 'a', to: '10.0.0.2', answered: true },
  'bridged, IPv6': { from: 'a', to: 'fd00::2', answered: true },
  'routed from bridge to bridge': { from: 'a', to: '10.0.1.1', answered: true },
  'routed, IPv6': { from: 'c', to: 'fd00::1', answered: true },
  'to the bridge itself': { from: 'a', to: '10.0.0.254', answered: true },
  'from the bridge itself': { from: 'gw', to: '10.0.0.1', answered: true },
  'to another device of the router': { from: 'a', to: '10.0.1.254', answered: true },
  masqueraded: { from: 'a', to: '203.0.113.2', answered: true },
  'to oneself': { from: 'a', to: '10.0.0.1', answered: true },
  'translated to oneself': {
    change: 'ip netns exec gw iptables -t nat -A PREROUTING -d 203.0.113.1 -j DNAT --to-destination 10.0.1.1',
    from: 'out',
    to: '203.0.113.1',
    answered: true,
  },
  'dropped at FORWARD': {
    change: 'ip netns exec gw iptables -A FORWARD -i br0 -j DROP',
    from: 'a',
    to: '10.0.1.1',
    answered: false,
  },
  'dropped at OUTPUT': {
    change: 'ip netns exec a iptables -A OUTPUT -j DROP',
    from: 'a',
    to: '10.0.0.2',
    answered: false,
  },
  'dropped at INPUT': {
    change: 'ip netns exec b iptables -A INPUT -j DROP',
    from: 'a',
    to: '10.0.0.2',
    answered: false,
  },
  'not masqueraded': { change: 'ip netns exec gw iptables -t nat -F', from: 'a', to: '203.0.113.2', answered: false },
  'the reply not forwarded': {
    change: 'sysctl_ gw net.ipv4.conf.br1.forwarding=0',
    from: 'a',
    to: '10.0.1.1',
    answered: false,
  },
  'without a route back': { change: 'ip -n c route del default', from: 'a', to: '10.0.1.1', answered: false },
  'into a bridge that is down': {
    change: 'ip -n gw link set dev br1 down',
    from: 'a',
    to: '10.0.1.1',
    answered: false,
  },
  'to a port that is not attached': {
    change: 'ip -n gw link set dev pb nomaster',
    from: 'a',
    to: '10.0.0.2',
    answered: false,
  },
  'without an address': {
    change: 'ip -n a addr flush dev va; ip -n a route add 10.0.0.0/24 dev va',
    from: 'a',
    to: '10.0.0.2',
    answered: false,
  },
  'past br_netfilter': {
    change: 'sysctl_ gw net.bridge.bridge-nf-call-iptables=1; ip netns exec gw iptables -A FORWARD -j DROP',
    from: 'a',
    to: '10.0.0.2',
    answered: false,
  },
};

for (const [name, { change, from, to, answered }] of Object.entries(PASSAGES)) {
  liveTest(`walkRoundTrip() foresees what tcpdump sees of a ping ${name}`, async () => {
    await inWorld(async (world) => {
      await world.sh(`${WORDS}${NETWORK}${change ?? ''}`);
      const trip = walkRoundTrip(await collectIn(world), ask(from, to));
      const watch = await Watch.begin(world);
      const enter = ['ip', 'netns', 'exec', from] as const;
      // The second packet finds its neighbours known.
      const { stdout } = await world.run([...enter, 'ping', '-n', '-c2', '-i0.3', '-W0.5', to]);
      const seen = await watch.end(2);
      expect({ seen, answered: isRoundTripDelivered(trip), fate: (trip.reply ?? trip.request).fate }).toEqual({
        seen: foreseen(trip),
        answered: / [12] received/.test(stdout),
        fate: (trip.reply ?? trip.request).fate,
      });
      expect(isRoundTripDelivered(trip)).toBe(answered);
    });
  });
}
