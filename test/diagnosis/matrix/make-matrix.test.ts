import { describe, expect, test } from 'vitest';
import { makeMatrix } from '../../../src/diagnosis/matrix/make-matrix.ts';
import { type Matrix, verdictOfMatrix } from '../../../src/diagnosis/matrix/matrix.ts';
import { membersOf } from '../../../src/diagnosis/matrix/members.ts';
import type { Host } from '../../../src/host/host.ts';
import { iptables } from '../../faults/rulesets.ts';
import { forget, hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { campus } from './campus.ts';

const ASKING = { proto: 'icmp', port: undefined, payloadBytes: 56 } as const;

const matrixOf = (host: Host) => makeMatrix(host, membersOf(host), ASKING, () => undefined);

/** `a > b`: what breaks it, by code and namespace. */
function broken({ cells }: Matrix): Readonly<Record<string, string>> {
  const bad = cells.filter(({ verdict }) => verdict !== 'reachable');
  return Object.fromEntries(
    bad.map(({ from, to, reasons }) => [
      `${from} > ${to}`,
      reasons.map(({ code, netns }) => `${code} ${netns}`).join(),
    ]),
  );
}

describe('makeMatrix()', () => {
  test('asks every pair in both directions, and says of a healthy network that all reach each other', () => {
    const matrix = matrixOf(campus());

    expect(matrix.members).toEqual(['a1', 'a2', 'b1', 'b2', 'r']);
    expect(matrix.cells).toHaveLength(20);
    expect(verdictOfMatrix(matrix)).toBe('reachable');
    expect(matrix.reasons).toEqual([]);
  });

  test('tells one cause for all the pairs that it breaks, and by a walk that its fix repairs them', () => {
    const matrix = matrixOf(campus({ router: { sysctls: { 'net/ipv4/ip_forward': 0 } } }));

    const across = ['a1 > b1', 'a1 > b2', 'a2 > b1', 'a2 > b2', 'b1 > a1', 'b1 > a2', 'b2 > a1', 'b2 > a2'];
    expect(Object.keys(broken(matrix))).toEqual(across);
    expect(new Set(Object.values(broken(matrix)))).toEqual(new Set(['forwarding-off r']));
    expect(matrix.reasons).toHaveLength(1); // though the packets come in by two devices
    const knownBy = matrix.cells.flatMap((cell) => cell.knownBy ?? []);
    expect(knownBy.filter((each) => each === 'repaired-with').length).toBeGreaterThan(4);
    expect(knownBy).not.toContain('same-end');
  });

  test('takes a rule that drops all pairs for one cause, though each pair needs an accept of its own', () => {
    const dropping = iptables('filter', ':FORWARD DROP [0:0]');
    const matrix = matrixOf(campus({ router: { sysctls: { 'net/ipv4/ip_forward': 1 }, ruleset: dropping } }));

    expect(Object.keys(broken(matrix))).toHaveLength(8);
    expect(matrix.reasons.map(({ code, netns }) => `${code} ${netns}`)).toEqual(['firewall-drop r']);
  });

  test('names the faults behind the first one, and counts a route that two pairs lack as one', () => {
    const matrix = matrixOf(campus({ a1: { routes: [] }, router: { sysctls: { 'net/ipv4/ip_forward': 0 } } }));

    expect(broken(matrix)['a1 > b1']).toBe('no-route a1,forwarding-off r');
    expect(matrix.reasons.filter(({ code }) => code === 'no-route')).toHaveLength(1);
  });

  test('says that a namespace without an address cannot be asked, and diagnoses why it cannot ask', () => {
    const matrix = matrixOf(campus({ a1: { links: { eth0: {} }, routes: [] } }));

    expect(broken(matrix)['a2 > a1']).toBe('no-address a1');
    expect(broken(matrix)['a1 > a2']).toMatch(/^no-address a1/);
    expect(verdictOfMatrix(matrix)).toBe('unreachable');
  });

  test('is undecided about a namespace that could not be read, and says why', () => {
    const matrix = matrixOf(forget(campus(), 'a1', 'links', 'it takes root to enter it'));

    expect(broken(matrix)['a1 > a2']).toBe('undefined a1');
    expect(matrix.cells.find(({ from, to }) => from === 'a1' && to === 'a2')).toMatchObject({ verdict: 'undecided' });
    expect(matrix.reasons[0]?.what).toBe('a1 could not be read: it takes root to enter it');
  });
});

describe('membersOf()', () => {
  const alone: NetnsSpec = { links: { eth9: { kind: 'physical', addresses: ['192.0.2.1/24'] } } };

  test('leaves out the host where nothing wires it to the others, and what only switches', () => {
    const switching: NetnsSpec = { links: { br0: { kind: 'bridge' }, p0: { peer: 'n1:eth0', master: 'br0' } } };
    const host = hostOf({ host: alone, sw: switching, n1: { links: { eth0: { addresses: ['10.0.0.1/24'] } } } });

    expect(membersOf(host)).toEqual({
      members: ['n1'],
      leftOut: [
        { netns: 'host', why: 'nothing wires it to the others' },
        { netns: 'sw', why: 'it has no address: it only switches' },
      ],
    });
  });

  test('keeps the host in where a veth leads into it, and a named namespace that nothing was moved into', () => {
    const host = hostOf({
      host: { links: { veth0: { peer: 'n1:eth0', addresses: ['10.0.0.254/24'] } } },
      n1: { links: { eth0: { addresses: ['10.0.0.1/24'] } } },
      empty: {},
    });

    expect(membersOf(host)).toEqual({ members: ['host', 'n1', 'empty'], leftOut: [] });
  });
});
