import { expect, test } from 'vitest';
import { branchedFrom } from '../../../src/cli/capture/branches.ts';
import { Places } from '../../../src/cli/capture/places.ts';
import { type Host, linksOf } from '../../../src/host/host.ts';
import { PACKET_TYPE, PacketFields } from '../../../src/wire/fields.ts';
import { hostOf } from '../../helpers/build-host.ts';

/** Three namespaces on the ports of a bridge; of the third only the port is listened at. */
const bridged = hostOf({
  host: {
    links: {
      br0: { kind: 'bridge' },
      p1: { peer: 'ns1:eth0', master: 'br0' },
      p2: { peer: 'ns2:eth0', master: 'br0' },
      p3: { peer: 'ns3:eth0', master: 'br0' },
    },
  },
  ns1: { links: { eth0: {} } },
  ns2: { links: { eth0: {} } },
  ns3: { links: { eth0: {} } },
});

/** Two containers on macvlans of a host's uplink, and the host's own. */
const macvlans = hostOf({
  host: { links: { eth0: { peer: 'lan:p1' }, shim: { kind: 'macvlan', detail: { lower: 'host:eth0' } } } },
  c1: { links: { mv0: { kind: 'macvlan', detail: { lower: 'host:eth0' } } } },
  c2: { links: { mv0: { kind: 'macvlan', detail: { lower: 'host:eth0' } } } },
  lan: { links: { p1: {} } },
});

/** A way as it was seen, `host:p1 in`, to the place that each one came from. */
function parents(way: readonly string[], host: Host, streams: readonly string[]): readonly (string | undefined)[] {
  const places = new Places(host);
  for (const [stream, name] of streams.entries()) {
    const netns = host.namespaces.find((each) => each.name === name)?.name;
    if (netns !== undefined) places.listen(stream, { netns, devices: undefined });
  }
  const points = way.map((text) => {
    const [name = '', device = '', direction = ''] = text.split(/[: ]/);
    const fields = new PacketFields();
    const netns = host.namespaces.find((each) => each.name === name);
    fields.ifindex = (netns && linksOf(netns).find((link) => link.name === device)?.ifindex) ?? 0;
    fields.packetType = direction === 'out' ? PACKET_TYPE.outgoing : PACKET_TYPE.broadcast;
    return places.pointOf(streams.indexOf(name), fields);
  });
  return points.map((_, hop) => way[branchedFrom(places, points, hop) ?? -1]);
}

test('branchedFrom() takes a bridge for what sends to every port, and a wire for what leads from one end to the other', () => {
  const way = ['ns1:eth0 out', 'host:p1 in', 'host:br0 in', 'host:p2 out', 'ns2:eth0 in', 'host:p3 out'];
  expect(parents(way, bridged, ['host', 'ns1', 'ns2'])).toEqual([
    undefined,
    'ns1:eth0 out',
    'host:p1 in',
    'host:br0 in',
    'host:p2 out',
    'host:br0 in',
  ]);
});

test('branchedFrom() does not say where a packet came from that nobody saw leave', () => {
  expect(parents(['host:p3 in', 'host:br0 in', 'host:p1 out', 'ns2:eth0 in'], bridged, ['host', 'ns1', 'ns2'])).toEqual(
    [undefined, 'host:p3 in', 'host:br0 in', undefined],
  );
});

test('branchedFrom() follows what a macvlan sends: out by the device that it is on, and up to its siblings', () => {
  const sent = ['c1:mv0 out', 'host:shim in', 'c2:mv0 in', 'host:eth0 out', 'lan:p1 in'];
  const all = ['host', 'c1', 'c2', 'lan'];
  expect(parents(sent, macvlans, all)).toEqual([undefined, sent[0], sent[0], sent[0], sent[3]]);
  const come = ['lan:p1 out', 'host:eth0 in', 'c1:mv0 in', 'c2:mv0 in', 'host:shim in'];
  expect(parents(come, macvlans, all)).toEqual([undefined, come[0], come[1], come[1], come[1]]);
});
