import { expect, test } from 'vitest';
import { NOT_ASKED, Places } from '../../../src/cli/capture/places.ts';
import { dissect } from '../../../src/wire/dissect.ts';
import { PACKET_TYPE, PacketFields } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';
import { hostOf, netnsName } from '../../helpers/build-host.ts';
import { udp } from '../../helpers/packets.ts';
import { cooked } from '../../helpers/pcap-stream.ts';

/** A packet to that address as it comes in by a device. */
function packetTo(destination: string, ifindex = 2, packetType: 0 | 4 = PACKET_TYPE.host): PacketFields {
  const fields = new PacketFields();
  fields.bytes = cooked(udp('10.0.0.1', destination, 4000, 9, new Uint8Array(8)), ifindex, packetType);
  fields.view = new DataView(fields.bytes.buffer);
  fields.capturedBytes = fields.bytes.length;
  fields.originalBytes = fields.bytes.length;
  dissect(fields, LINK_TYPE.linuxSll2);
  // All 32 bits of it.
  fields.ifindex = ifindex;
  return fields;
}

function hostWith(address: string) {
  return hostOf({
    ns1: { links: { eth0: { kind: 'physical', addresses: [`${address}/24`] }, eth1: { kind: 'physical' } } },
  });
}

test('Places.arrivesAt() tells every packet by its own address, and by those that the namespace has now', () => {
  const places = new Places(hostWith('10.0.1.1'));
  places.listen(0, { netns: netnsName('ns1'), devices: undefined });
  const point = places.pointOf(0, packetTo('10.0.1.1'));
  const arrives = (destination: string) => places.arrivesAt(point, packetTo(destination));
  expect(['10.0.1.1', '10.0.1.1', '10.0.2.1', '10.0.1.1'].map(arrives)).toEqual([true, true, false, true]);

  places.look(hostWith('10.0.2.1'));
  expect(['10.0.1.1', '10.0.2.1'].map(arrives)).toEqual([false, true]);
});

test('Places.pointOf() tells devices and directions apart, however large an ifindex is', () => {
  const places = new Places(hostWith('10.0.1.1'));
  places.listen(0, { netns: netnsName('ns1'), devices: undefined });
  const indexes = [2, 3, 70_000, 0x7fff_ffff];
  const pointsOf = () =>
    indexes.flatMap((ifindex) =>
      ([0, 4] as const).map((packetType) => places.pointOf(0, packetTo('10.0.1.1', ifindex, packetType))),
    );
  const points = pointsOf();
  expect(new Set(points).size).toBe(points.length);
  // What has no name yet is asked for again by the next look, and stays the same place.
  places.look(hostWith('10.0.1.1'));
  expect(pointsOf().slice(0, 4)).toEqual(points.slice(0, 4));
  expect(places.all[points[4] ?? -1]).toMatchObject({ device: 'if70000', direction: 'in' });
});

test('Places.pointOf() leaves out the devices that were not asked for', () => {
  const places = new Places(hostWith('10.0.1.1'));
  places.listen(0, { netns: netnsName('ns1'), devices: new Set(['eth1']) });
  const asked = [2, 3].map((ifindex) => places.pointOf(0, packetTo('10.0.1.1', ifindex)));
  expect(asked).toEqual([NOT_ASKED, expect.toSatisfy((point) => point !== NOT_ASKED)]);
});
