import { expect, test } from 'vitest';
import { changeText } from '../../src/host/difference/words.ts';
import type { Host } from '../../src/host/host.ts';
import { type Comparison, compareHosts } from '../../src/topology/comparison.ts';
import { deviceRef, forget, hostOf, netnsName, tweakSysctl } from '../helpers/build-host.ts';
import { bridged } from './worlds.ts';

const NS1 = { links: { eth0: { addresses: ['10.0.0.1/24'] } }, routes: ['default via 10.0.0.254'] };

function texts({ changes }: Comparison): readonly string[] {
  return changes.map(({ change }) => changeText(change));
}

function marksIn({ marks, topology }: Comparison): Readonly<Record<string, string>> {
  const marked = topology.places.flatMap(({ netns, devices }) => [
    [netns.name, marks.ofNetns(netns.name)],
    ...devices.map(({ name }) => [`${netns.name}:${name}`, marks.ofDevice({ netns: netns.name, device: name })]),
  ]);
  return Object.fromEntries(marked.filter(([, mark]) => mark !== undefined));
}

test('compareHosts() of what is as it was marks nothing', () => {
  const same = compareHosts(bridged(), bridged());
  expect([texts(same), marksIn(same), same.notCompared]).toEqual([[], {}, []]);
});

test('compareHosts() marks the device by which a route led that went', () => {
  const before = bridged();
  const { routes, ...without } = NS1;
  const compared = compareHosts(before, bridged({ ns1: without }));

  expect(routes).toHaveLength(1);
  expect(texts(compared)).toEqual(['route default via 10.0.0.254 dev eth0 deleted in ns1']);
  expect(marksIn(compared)).toEqual({ 'ns1:eth0': 'changed' });
});

test('compareHosts() shows a namespace and its wires that went, and what came', () => {
  const third: Host = hostOf({
    host: { links: { br0: { kind: 'bridge' }, p1: { peer: 'ns1:eth0', master: 'br0' } } },
    ns1: { links: { eth0: { addresses: ['10.0.0.1/24'] } } },
  });
  const bare: Host = hostOf({ host: { links: { br0: { kind: 'bridge' } } } });
  const [gone, came] = [compareHosts(third, bare), compareHosts(bare, third)];

  expect(marksIn(gone)).toMatchObject({ ns1: 'removed', 'ns1:eth0': 'removed', 'host:p1': 'removed' });
  expect(gone.topology.wires.map((wire) => [wire.kind, gone.marks.ofWire(wire)])).toEqual([
    ['port', 'removed'],
    ['veth', 'removed'],
  ]);
  expect(marksIn(came)).toMatchObject({ ns1: 'added', 'ns1:eth0': 'added', 'host:p1': 'added' });
  expect(came.topology.wires.map((wire) => came.marks.ofWire(wire))).toEqual(['added', 'added']);
});

test('compareHosts() marks a namespace for what is of none of its devices', () => {
  const compared = compareHosts(bridged(), tweakSysctl(bridged(), 'host', 'net/ipv4/ip_forward', 0));

  expect(compared.marks.ofNetns(netnsName('host'))).toBe('changed');
  expect(compared.marks.ofDevice(deviceRef('host:br0'))).toBeUndefined();
});

test('compareHosts() says what it could not compare, and marks nothing for it', () => {
  const unread = forget(bridged(), 'ns1', 'rules', 'no permission');
  const compared = compareHosts(unread, unread);

  expect(compared.notCompared).toEqual(['ns1: rules could not be read either time: no permission']);
  expect(marksIn(compared)).toEqual({});
});
