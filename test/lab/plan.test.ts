import { expect, test } from 'vitest';
import { findLab } from '../../src/lab/find.ts';
import { parseLab } from '../../src/lab/parse.ts';
import { scriptOf } from '../../src/lab/perform.ts';
import { planFault, planLab } from '../../src/lab/plan.ts';
import type { Lab } from '../../src/lab/schema.ts';
import type { Made } from '../../src/lab/step.ts';

function made(steps: ReturnType<typeof planLab>): readonly Made[] {
  return steps.flatMap((step) => (step.kind === 'command' ? step.made : []));
}

function labOf(parts: string): Lab {
  const parsed = parseLab(`{ name: x, summary: x, picture: x, namespaces: [host, a, b], ${parts} }`, 'x.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.lab;
}

test('planLab() is what a person would type, in an order in which it works', () => {
  expect(scriptOf(planLab(findLab('two-subnets').lab))).toBe(`# namespace vnet0
ip netns add vnet0
ip -n vnet0 link set dev lo up
# namespace vnet1
ip netns add vnet1
ip -n vnet1 link set dev lo up
# how vnet0 behaves
ip netns exec vnet0 sysctl -w net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.icmp_echo_ignore_all=0
# how vnet1 behaves
ip netns exec vnet1 sysctl -w net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.icmp_echo_ignore_all=0
# veth: veth0 of vnet0 to veth1 of vnet1
ip -n vnet0 link add dev veth0 type veth peer name veth1 netns vnet1
ip -n vnet0 addr add 10.0.1.1/24 dev veth0
ip -n vnet0 link set dev veth0 up
ip -n vnet1 addr add 10.0.2.1/24 dev veth1
ip -n vnet1 link set dev veth1 up
# routes of vnet0
ip -n vnet0 route add 10.0.2.0/24 dev veth0
# routes of vnet1
ip -n vnet1 route add 10.0.1.0/24 dev veth1
`);
});

test('planLab() names what it leaves on the host, and nothing that goes with a namespace', () => {
  expect(made(planLab(findLab('bridge-nat').lab))).toEqual([
    { kind: 'netns', name: 'ns1' },
    { kind: 'netns', name: 'inet' },
    { kind: 'sysctl', key: 'net.ipv4.ip_forward' },
    { kind: 'sysctl', key: 'net.bridge.bridge-nf-call-iptables' },
    { kind: 'device', name: 'br0' },
    { kind: 'device', name: 'br0.1' },
    { kind: 'device', name: 'up0' },
    { kind: 'iptables-table', family: 'ip', name: 'nat' },
    {
      kind: 'setting',
      remove: 'iptables -t nat -D POSTROUTING -s 192.168.10.0/24 -o up0 -j MASQUERADE'.split(' '),
    },
  ]);
});

test.each([
  [
    'snat',
    '{ netns: a, action: snat, source: 10.0.0.0/8, out: lo, to: 192.0.2.1 }',
    'iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -o lo -j SNAT --to-source 192.0.2.1',
  ],
  [
    'dnat',
    '{ netns: a, action: dnat, in: lo, proto: tcp, port: 80, to: 10.0.0.9, toPort: 8080 }',
    'iptables -t nat -A PREROUTING -i lo -p tcp --dport 80 -j DNAT --to-destination 10.0.0.9:8080',
  ],
  [
    'dnat of IPv6',
    '{ netns: a, action: dnat, in: lo, proto: udp, port: 53, to: "2001:db8::9", toPort: 5353 }',
    "ip6tables -t nat -A PREROUTING -i lo -p udp --dport 53 -j DNAT --to-destination '[2001:db8::9]:5353'",
  ],
])('planLab() writes %s', (_, nat, line) => {
  expect(scriptOf(planLab(labOf(`nat: [${nat}]`)))).toContain(`\nip netns exec a ${line}\n`);
});

test('planLab() tells ip the family where only a neighbour word does', () => {
  const script = scriptOf(
    planLab(
      labOf(
        'routes: [{ netns: a, to: default, via: "2001:db8::1" }, { netns: a, to: 10.0.0.0/8, type: blackhole }], rules: [{ netns: a, rule: from 2001:db8::/32 lookup 100 }]',
      ),
    ),
  );
  expect(script).toContain('\nip -n a -6 route add default via 2001:db8::1\n');
  expect(script).toContain('\nip -n a route add blackhole 10.0.0.0/8\n');
  expect(script).toContain('\nip -n a -6 rule add from 2001:db8::/32 lookup 100\n');
});

test('planLab() sets the sysctls of a device after the device is there, and the others before', () => {
  const lab = labOf(
    'sysctls: [{ netns: [a], set: { net.ipv4.conf.eth0.rp_filter: 2, net.ipv4.conf.all.rp_filter: 0 } }], links: [[{ netns: a, name: eth0 }, { netns: b, name: eth0 }]]',
  );
  const commands = planLab(lab).map((step) => (step.kind === 'command' ? step.argv.join(' ') : ''));
  const at = (part: string): number => commands.findIndex((command) => command.includes(part));
  expect(at('all.rp_filter')).toBeGreaterThan(0);
  expect(at('all.rp_filter')).toBeLessThan(at('type veth'));
  expect(at('eth0.rp_filter')).toBeGreaterThan(at('type veth'));
});

test('planLab() and planFault() write the files that a namespace resolves names by, and note the folders alone', () => {
  const lab = labOf(
    'resolvers: [{ netns: a, servers: [10.0.0.53, "::1"], hosts: { web.example: 10.0.0.1 } }], faults: [{ name: f, story: s, resolvers: [{ netns: a, servers: [10.0.0.54] }], question: { from: a, to: web.example }, expect: [{ code: name-unresolved }] }]',
  );
  const script = scriptOf(planLab(lab));
  expect(script).toContain(`# how a resolves names
mkdir -p /etc/netns/a
printf '%s\\n' 'nameserver 10.0.0.53' 'nameserver ::1' >/etc/netns/a/resolv.conf
printf '%s\\n' '127.0.0.1 localhost' '10.0.0.1 web.example' >/etc/netns/a/hosts
`);
  const broken = lab.faults.flatMap(planFault);
  expect(scriptOf(broken)).toBe(`# how a resolves names
mkdir -p /etc/netns/a
printf '%s\\n' 'nameserver 10.0.0.54' >/etc/netns/a/resolv.conf
`);
  // Which files are new is seen when they are written: a fault writes over the lab's own.
  expect(made(broken)).toEqual([
    { kind: 'folder', path: '/etc/netns' },
    { kind: 'folder', path: '/etc/netns/a' },
  ]);
});

test('planFault() notes the device that it moves to the host, the sysctls that it sets there, and how it is undone', () => {
  const faultOf = (run: string, undo = ''): readonly Made[] => {
    const lab = labOf(
      `faults: [{ name: f, story: s, run: [${run}], undo: [${undo}], question: { from: a, to: 10.0.0.1 }, expect: [{ code: link-down }] }]`,
    );
    return made(lab.faults.flatMap(planFault));
  };
  expect(faultOf('ip -n a link set dev eth0 netns 1')).toEqual([{ kind: 'device', name: 'eth0' }]);
  expect(faultOf('sysctl -w net.ipv4.ip_forward=0')).toEqual([{ kind: 'sysctl', key: 'net.ipv4.ip_forward' }]);
  expect(faultOf('ip netns exec a sysctl -w net.ipv4.ip_forward=0')).toEqual([]);
  expect(faultOf('ip route add 10.0.0.0/8 dev x', 'ip route del 10.0.0.0/8, ip route flush cache')).toEqual([
    // taken back from the last to the first
    { kind: 'setting', remove: ['ip', 'route', 'flush', 'cache'] },
    { kind: 'setting', remove: ['ip', 'route', 'del', '10.0.0.0/8'] },
  ]);
});
