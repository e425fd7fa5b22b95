import { expect, test } from 'vitest';
import type { Match } from '../../src/host/ruleset.ts';
import { type Prefix, parsePrefix } from '../../src/net/prefix.ts';
import { parseIpsetSave } from '../../src/recording/ipset.ts';
import { parseIptablesSave } from '../../src/recording/iptables-save.ts';

/** As ipset 7.17 prints it; initval and the like left out where nothing reads them. */
const SAVED = `create a hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xe32ebe80
add a 10.0.0.1
add a 10.0.0.2 timeout 299 packets 0 bytes 0 comment "hello x"
create n hash:net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x4444338d
add n 10.0.0.0/8
add n 10.1.0.0/16 nomatch
create np hash:ip,port family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x41bc79ec
add np 10.0.0.1,tcp:80
add np 10.0.0.1,icmp:echo-request
create nn hash:net,iface family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0xacfe0e9a
add nn 10.0.1.0/24,physdev:eth1
create b bitmap:port range 0-1000
add b 80
create a6 hash:net family inet6 hashsize 1024 maxelem 65536 bucketsize 12 initval 0x9c974458
add a6 fd00::/8
create m hash:mac hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1
add m 00:11:22:33:44:55
create empty hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x2
create l list:set size 8
add l a
add l n
`;

function matchesOf(words: string, more = ''): readonly Match[] {
  const text = `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m set ${words} -j DROP\n${more}COMMIT\n`;
  const { tables } = parseIptablesSave(text, { machinery: 'iptables-nft', family: 'ip' }, parseIpsetSave(SAVED));
  return tables[0]?.chains[0]?.rules[0]?.matches ?? [];
}

function network(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(text);
  return prefix;
}

function from(negate: boolean, ...prefixes: readonly string[]): Match {
  return { kind: 'address', side: 'source', negate, prefixes: prefixes.map(network) };
}

const PIERCED: readonly Match[] = [from(false, '10.0.0.0/8'), from(true, '10.1.0.0/16')];
const ICMP: Match = {
  kind: 'icmp',
  family: 'inet',
  negate: false,
  types: [[8, 8]],
  codes: [[0, 0]],
};

test.each<[string, readonly Match[]]>([
  ['! --match-set a src', [from(true, '10.0.0.1', '10.0.0.2')]],
  ['--match-set n src', [{ kind: 'any', negate: false, alternatives: [PIERCED] }]],
  [
    '--match-set np src,dst',
    [
      {
        kind: 'any',
        negate: false,
        alternatives: [
          [
            from(false, '10.0.0.1'),
            { kind: 'protocol', negate: false, protocols: [6] },
            { kind: 'port', side: 'destination', negate: false, ranges: [[80, 80]] },
          ],
          [from(false, '10.0.0.1'), { kind: 'protocol', negate: false, protocols: [1] }, ICMP],
        ],
      },
    ],
  ],
  [
    '--match-set nn src,src',
    [
      {
        kind: 'any',
        negate: false,
        alternatives: [
          [
            from(false, '10.0.1.0/24'),
            { kind: 'bridge-port', side: 'in', negate: false, names: [{ name: 'eth1', wildcard: false }] },
          ],
        ],
      },
    ],
  ],
  [
    '--match-set b dst',
    [
      {
        kind: 'any',
        negate: false,
        alternatives: [
          [
            { kind: 'protocol', negate: false, protocols: [6, 17] },
            { kind: 'port', side: 'destination', negate: false, ranges: [[80, 80]] },
          ],
        ],
      },
    ],
  ],
  [
    '--match-set l src',
    [{ kind: 'any', negate: false, alternatives: [[from(false, '10.0.0.1', '10.0.0.2')], PIERCED] }],
  ],
  ['--match-set empty src', [{ kind: 'never' }]],
  ['! --match-set empty src', []],
  // Asked with fewer directions than the set has parts, or in the other family, the set holds nothing.
  ['--match-set np src', [{ kind: 'never' }]],
  ['--match-set a6 src', [{ kind: 'never' }]],
])('setMatches() reads %s', (words, matches) => {
  expect(matchesOf(words)).toEqual(matches);
});

test.each([
  ['a set that is not there', '--match-set nowhere src', ''],
  ['a set of MACs', '--match-set m src', ''],
  ['a set whose entries count', '--match-set a src --packets-gt 5', ''],
  ['a set that packets fill', '--match-set a src', '-A FORWARD -j SET --add-set a src\n'],
])('setMatches() does not model %s', (_, words, more) => {
  expect(matchesOf(words, more)).toEqual([{ kind: 'unmodelled', text: `-m set ${words}` }]);
});
