import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLab } from '../../src/lab/parse.ts';

/** A lab without a fault of any kind; a case changes one part of it. */
const FILE = `name: tiny
summary: a namespace on a bridge of the host
picture: ns1 -- br7
namespaces: [host, ns1]
sysctls:
  - { netns: [host], set: { net.ipv4.ip_forward: 1 } }
bridges:
  - { netns: host, name: br7, ports: [port7], addresses: [10.7.0.1/24] }
links:
  - - { netns: host, name: port7 }
    - { netns: ns1, name: eth0, addresses: [10.7.0.2/24] }
routes:
  - { netns: ns1, to: default, via: 10.7.0.1 }
nat:
  - { netns: host, action: masquerade, source: 10.7.0.0/24, out: br7 }
firewall:
  - { netns: ns1, iptables: INPUT -p tcp -j ACCEPT }
listeners:
  - { name: web, netns: ns1, proto: tcp, address: 0.0.0.0, port: 80 }
questions:
  - { from: ns1, to: 10.7.0.1 }
faults:
  - name: down
    story: it is down
    run: [ip link set dev port7 down]
    question: { from: ns1, to: 10.7.0.1 }
    expect: [{ code: link-down, netns: host, device: port7 }]
`;

function problemsIn(text: string): readonly string[] {
  const parsed = parseLab(text, 'tiny.yaml');
  return parsed.ok ? [] : parsed.problems;
}

test('parseLab() reads a lab, with what it may leave out', () => {
  const parsed = parseLab(FILE, 'tiny.yaml');
  expect(parsed).toMatchObject({
    ok: true,
    lab: {
      name: 'tiny',
      rules: [],
      links: [[{ netns: 'host', name: 'port7', addresses: [], up: true }, { name: 'eth0' }]],
      routes: [{ type: 'unicast', to: 'default' }],
      questions: [{ proto: 'icmp', reachable: true }],
      faults: [{ run: [['ip', 'link', 'set', 'dev', 'port7', 'down']], stop: [], start: [], undo: [] }],
    },
  });
});

test.each([
  ['an unknown key', 'ports: [port7]', 'prots: [port7]', '8: bridges[0].prots: unknown key, did you mean ports?'],
  [
    'a key like no other',
    'ports: [port7]',
    'zzz: 1',
    '8: bridges[0].zzz: unknown key, known are netns, name, ports, addresses',
  ],
  ['a missing key', 'summary: a namespace on a bridge of the host\n', '', '1: summary: is missing'],
  ['a missing key deep down', ', name: eth0', '', '11: links[0][1].name: is missing'],
  ['a value of another type', 'ports: [port7]', 'ports: port7', '8: bridges[0].ports: must be a list'],
  [
    'a number where a mapping belongs',
    '{ netns: ns1, to: default, via: 10.7.0.1 }',
    '7',
    '13: routes[0]: must be a mapping with the keys netns, to, type, via, dev, src, metric, table',
  ],
  ['an address that is none', 'via: 10.7.0.1', 'via: 10.7.0.256', '13: routes[0].via: must be an IP address'],
  [
    'an address without its length',
    '10.7.0.2/24',
    '10.7.0.2',
    '11: links[0][1].addresses[0]: must be an address with its prefix length, such as 10.0.0.1/24',
  ],
  [
    'a device name that is too long',
    'name: br7',
    'name: br7-is-much-too-long',
    '8: bridges[0].name: must be a name of at most 15 letters, digits, _ . or -',
  ],
  [
    'a veth with three ends',
    '    - { netns: ns1, name: eth0',
    '    - { netns: host, name: p }\n    - { netns: ns1, name: eth0',
    '12: links[0][2]: must be the two ends of a veth',
  ],
  ['a port that is none', 'port: 80 }', 'port: 80000 }', '19: listeners[0].port: must be a port, 1 to 65535'],
  [
    'a NAT of no kind',
    'action: masquerade',
    'action: mask',
    '15: nat[0].action: must be masquerade (source, out), snat (source, out, to) or dnat (in, proto, port, to, toPort)',
  ],
  [
    'a sysctl outside of net',
    'net.ipv4.ip_forward: 1',
    'kernel.panic: 1',
    '6: sysctls[0].set.kernel.panic: must be a sysctl below net',
  ],
  [
    'a command for a shell',
    'port7 down]',
    'port7 down && reboot]',
    '25: faults[0].run[0]: has & outside single quotes: no shell reads this line',
  ],
  [
    'a program that is not for faults',
    '[ip link set dev port7 down]',
    '[rm -rf /]',
    '25: faults[0].run[0]: rm is no program for a fault, known are bridge, conntrack, ip, ip6tables, iptables, nft, sysctl, tc',
  ],
  [
    'an unknown namespace',
    'netns: ns1, to: default',
    'netns: ns2, to: default',
    '13: routes[0].netns: ns2 is no namespace, did you mean ns1?',
  ],
  [
    'a port that is no link end',
    'ports: [port7]',
    'ports: [prot7]',
    '8: bridges[0].ports[0]: prot7 is no end of a link, or vxlan, in host, did you mean port7?',
  ],
  [
    'a device that the lab does not make',
    'out: br7',
    'out: eth0',
    '15: nat[0].out: eth0 is no device in host, known are lo, br7, port7',
  ],
  [
    'two devices of one name',
    'netns: ns1, name: eth0',
    'netns: host, name: port7',
    '9: links: port7 is there twice in host',
  ],
  ['a route by nothing', ', via: 10.7.0.1', '', '13: routes[0]: needs via or dev'],
  [
    'a blackhole with a next hop',
    'to: default,',
    'to: default, type: blackhole,',
    '13: routes[0]: is blackhole, and so has no via or dev',
  ],
  [
    'a route of both families',
    'via: 10.7.0.1',
    'src: "2001:db8::1", via: 10.7.0.1',
    '13: routes[0]: mixes IPv4 and IPv6',
  ],
  [
    'a firewall rule of nothing',
    ', iptables: INPUT -p tcp -j ACCEPT',
    '',
    '17: firewall[0]: needs one of iptables, ip6tables, nft',
  ],
  [
    'a port for a ping',
    'questions:\n  - { from: ns1,',
    'questions:\n  - { from: ns1, port: 80,',
    '21: questions[0].port: icmp has no ports',
  ],
  [
    'TCP without a port',
    'questions:\n  - { from: ns1,',
    'questions:\n  - { from: ns1, proto: tcp,',
    '21: questions[0]: needs a port, as it is tcp',
  ],
  [
    'a fault that does nothing',
    '    run: [ip link set dev port7 down]\n',
    '',
    '23: faults[0]: needs something to do: run, stop, start, switches, xdp or resolvers',
  ],
  [
    'an XDP program on a device that nobody has',
    '    run: [ip link set dev port7 down]\n',
    '    xdp: [{ netns: ns1, dev: eth7 }]\n',
    '25: faults[0].xdp[0].dev: eth7 is no device in ns1, did you mean eth0?',
  ],
  [
    'a switch between devices of which one is elsewhere',
    '    run: [ip link set dev port7 down]\n',
    '    switches: [{ name: copier, netns: ns1, between: [eth0, port7] }]\n',
    '25: faults[0].switches[0].between[1]: port7 is no device in ns1, known are lo, eth0',
  ],

  [
    'a destination that is neither an address nor a name with a dot',
    'questions:\n  - { from: ns1, to: 10.7.0.1 }',
    'questions:\n  - { from: ns1, to: web }',
    '21: questions[0].to: must be an IP address, or a name with a dot',
  ],
  [
    'names that are asked for by TCP',
    'port: 80 }',
    'port: 80, names: { web.example: 10.7.0.1 } }',
    '19: listeners[0]: answers for names, and so must be udp',
  ],
  [
    'a name that has neither an address nor a reason',
    'proto: tcp, address: 0.0.0.0, port: 80 }',
    'proto: udp, address: 0.0.0.0, port: 53, names: { web.example: gone } }',
    '19: listeners[0].names.web.example: must be an IPv4 address, NXDOMAIN, NODATA, SERVFAIL or REFUSED',
  ],
  [
    'a resolver of the host',
    'questions:',
    'resolvers:\n  - { netns: host, servers: [10.7.0.1] }\nquestions:',
    '21: resolvers[0].netns: the files of the host itself stay as they are',
  ],
  [
    'a resolver that says nothing',
    'questions:',
    'resolvers:\n  - { netns: ns1 }\nquestions:',
    '21: resolvers[0]: needs servers or hosts',
  ],
  [
    'a fault that would outlive the lab',
    '[ip link set dev port7 down]',
    '[iptables -P FORWARD DROP]',
    '25: faults[0].run[0]: changes the host for longer than the lab: needs undo',
  ],
  [
    'a fault that stops nobody',
    '    run: [ip',
    '    stop: [wbe]\n    run: [ip',
    '25: faults[0].stop[0]: wbe is no listener, did you mean web?',
  ],
  [
    'a fault without a cause',
    '[{ code: link-down, netns: host, device: port7 }]',
    '[]',
    '27: faults[0].expect: must name at least one cause',
  ],
  [
    'a code that is none',
    'link-down',
    'Link down',
    '27: faults[0].expect[0].code: must be a fault code, such as link-down',
  ],
])('parseLab() names file, line and key of %s', (_, from, to, problem) => {
  expect(FILE).toContain(from);
  expect(problemsIn(FILE.replace(from, to))).toEqual([`tiny.yaml:${problem}`]);
});

test('parseLab() names every problem, in one go', () => {
  const problems = problemsIn(FILE.replace('ports: [port7]', 'prots: [port7]').replace('via: 10.7.0.1', 'via: x'));
  expect(problems).toHaveLength(2);
});

test.each([
  ['nothing', '', 'tiny.yaml:1: the file: must be a mapping'],
  ['a word', 'hello', 'tiny.yaml:1: the file: must be a mapping'],
  ['broken YAML', 'name: [1,\nfoo: }', 'tiny.yaml:'],
  ['a key twice', 'name: a\nname: b', 'tiny.yaml:2: Map keys must be unique'],
  [
    'aliases that multiply',
    `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${[...'bcdefgh'].map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefgh'[index]}`).join(', ')}]`).join('\n')}`,
    'tiny.yaml:1: the file: Excessive alias count',
  ],
  ['a tag of its own', 'name: !ruby/object:Kernel x', 'tiny.yaml:1: Unresolved tag'],
])('parseLab() answers %s with a problem', (_, text, beginning) => {
  const problems = problemsIn(text);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems[0]?.slice(0, beginning.length)).toBe(beginning);
});

test('parseLab() answers, never throws, however the file is damaged', () => {
  fc.assert(
    fc.property(fc.nat(FILE.length), fc.nat(40), fc.string(), (at, length, junk) => {
      const parsed = parseLab(FILE.slice(0, at) + junk + FILE.slice(at + length), 'tiny.yaml');
      expect(parsed.ok || parsed.problems.length > 0).toBe(true);
    }),
  );
});
