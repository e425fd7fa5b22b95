import { expect, test } from 'vitest';
import { redactorOf } from '../../src/redact/redactor.ts';
import { keyedWith } from '../helpers/redaction.ts';
import { namespaceWith } from '../recording/recorded.ts';

const RECORDING = {
  schema: 'nsdiag.snapshot/1',
  takenAt: '2026-11-22T01:02:03.000Z',
  nsdiag: '1',
  kernel: '6.18.0',
  tools: {},
  notes: [],
  namespaces: [
    namespaceWith(
      {
        link: JSON.stringify([
          { ifname: 'lo' },
          { ifname: 'acme0', altnames: ['acme-uplink'], linkinfo: { info_kind: 'veth' } },
          { ifname: 'tcp' },
        ]),
        'iptables-nft':
          '*filter\n:FORWARD DROP [0:0]\n:ACME-IN - [0:0]\n:KUBE-SVC-ABC - [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -i zone9+ -j ACCEPT\n',
      },
      { name: 'customer', entry: { kind: 'named', name: 'customer' } },
    ),
  ],
} as const;

const { text } = redactorOf(RECORDING, ['db.acme.example'], keyedWith('k'));

test.each([
  ['a name by itself', 'ip -n customer link show dev acme0', /^ip -n ns-[0-9a-f]{4} link show dev veth-[0-9a-f]{4}$/],
  ['no name within a word', 'customers acme01 my-acme0', /^customers acme01 my-acme0$/],
  ['another name of a device', 'dev acme-uplink', /^dev veth-[0-9a-f]{4}$/],
  ['a device in a sysctl', 'net/ipv4/conf/acme0/forwarding = 0', /^net\/ipv4\/conf\/veth-[0-9a-f]{4}\/forwarding = 0$/],
  ['a chain', '-j ACME-IN', /^-j chain-[0-9a-f]{4}$/],
  ['the rest of a chain of a known program', '-j KUBE-SVC-ABC', /^-j KUBE-[0-9a-f]{4}$/],
  ['not what such a program calls everywhere', '-A DOCKER-USER -i lo', /^-A DOCKER-USER -i lo$/],
  ['a typed name', 'db.acme.example has no address', /^name-[0-9a-f]{4} has no address$/],
  ['a path', '/run/netns/customer', /^\/run\/netns\/ns-[0-9a-f]{4}$/],
  ['an address with its length', 'via 10.1.2.3 src 10.1.2.4/24', /^via 10\.(\d+\.\d+)\.3 src 10\.\1\.4\/24$/],
  ['a net, which stays one', '10.1.0.0/16 dev lo', /^10\.\d+\.0\.0\/16 dev lo$/],
  ['a net with a mask', '-s 10.1.0.0/255.255.0.0', /^-s 10\.\d+\.0\.0\/255\.255\.0\.0$/],
  ['an endpoint', 'to [fd00:1::1]:80 and 10.1.2.3:80.', /^to \[fd[0-9a-f:]+::1\]:80 and 10\.\d+\.\d+\.3:80\.$/],
  ['an address before a colon', 'from fd00:1::1: unreachable', /^from fd[0-9a-f:]+::1: unreachable$/],
  ['a bridge id', '8000.ee:09:4c:e5:c2:6a', /^8000\.[0-9a-f]e(:[0-9a-f]{2}){5}$|^8000\.[0-9a-f]{2}(:[0-9a-f]{2}){5}$/],
  ['a range within a net', '10.1.2.5-10.1.2.9', /^(10\.\d+\.\d+\.)5-\1(9)$/],
  ['a range that is a net', '10.1.0.0-10.1.255.255', /^10\.(\d+)\.0\.0-10\.\1\.255\.255$/],
  ['no time, version or cut number', '09:37:19 v1.8.9 1.2.3 12:34', /^09:37:19 v1\.8\.9 1\.2\.3 12:34$/],
  [
    'an error of ping',
    'From 10.1.2.254 icmp_seq=1 Destination Net Unreachable',
    /^From 10\.\d+\.\d+\.254 icmp_seq=1 Destination Net/,
  ],
])('the redactor replaces %s', (_, before, after) => {
  expect(text(before)).toMatch(after);
  if (/[a-z]/.test(before) && /acme0|customer\b|10\.1\./.test(before) && !/customers/.test(before)) {
    expect(text(before)).not.toMatch(/acme0|customer|\b10\.1\.[0-9]/);
  }
});

test('the redactor leaves a word of the tools, so that their lines stay what they are', () => {
  expect(text('-p tcp -m tcp')).toBe('-p tcp -m tcp');
});

test('the redactor lets the names of devices that one rule means begin alike', () => {
  const saved = '-A FORWARD -i zone9+ -j ACCEPT\n';
  const recording = {
    ...RECORDING,
    namespaces: [
      namespaceWith({
        link: JSON.stringify([{ ifname: 'zone9a' }, { ifname: 'zone9b' }, { ifname: 'other1x' }]),
        'iptables-nft': `*filter\n:FORWARD ACCEPT [0:0]\n${saved}COMMIT\n`,
      }),
    ],
  };
  const redacted = redactorOf(recording, [], keyedWith('k')).recording(recording).namespaces[0];
  const [beginning = '?'] = /(?<= -i )\S+(?=\+)/.exec(redacted?.outputs['iptables-nft']?.stdout ?? '') ?? [];
  const names = JSON.parse(redacted?.outputs['link']?.stdout ?? '[]').map((row: { ifname: string }) => row.ifname);
  expect(beginning).not.toContain('zone');
  expect(names.map((name: string) => name.startsWith(beginning))).toEqual([true, true, false]);
  expect(names.every((name: string) => name.length <= 15)).toBe(true);
});

test('the redactor replaces the devices that chains are bound to, and what is said of the chains', () => {
  const chains = [
    'table netdev acme {',
    '\tchain gone {',
    '\t\tcomment "for Acme Ltd"',
    '\t\ttype filter hook egress devices = { acme0, acme9 } priority filter; policy accept;',
    '\t}',
    '}',
  ].join('\n');
  const recording = {
    ...RECORDING,
    namespaces: [namespaceWith({ link: JSON.stringify([{ ifname: 'acme0' }]), 'nft-chains': chains })],
  };
  const redacted = redactorOf(recording, [], keyedWith('k')).recording(recording).namespaces[0];
  const said = redacted?.outputs['nft-chains']?.stdout ?? '';
  expect(said).not.toMatch(/acme[09]|Acme/);
  const [kept] = JSON.parse(redacted?.outputs['link']?.stdout ?? '[]');
  expect(said).toContain(`hook egress devices = { ${kept.ifname}, `);
});
