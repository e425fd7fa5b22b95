import { expect, test } from 'vitest';
import { predict } from '../../src/diagnosis/predict.ts';
import { known } from '../../src/host/fact.ts';
import type { Host } from '../../src/host/host.ts';
import type { Question } from '../../src/walk/question.ts';
import { iptables } from '../faults/rulesets.ts';
import { behindBridge } from '../faults/worlds.ts';
import { type HostSpec, hostOf, netnsName, tweakNetns } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';
import { iptablesRules } from '../walk/netfilter/hook.ts';

/** ns1 - router - ns2, all as it should be; a test changes what it needs. */
function chain(changes: Partial<Record<'ns1' | 'router' | 'ns2', HostSpec[string]>> = {}): Host {
  return hostOf({
    ns1: {
      links: { veth0: { peer: 'router:r1', addresses: ['10.0.1.1/24'] } },
      routes: ['default via 10.0.1.254'],
      ...changes.ns1,
    },
    router: {
      links: { r1: { addresses: ['10.0.1.254/24'] }, r2: { peer: 'ns2:veth1', addresses: ['10.0.2.254/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ...changes.router,
    },
    ns2: { links: { veth1: { addresses: ['10.0.2.1/24'] } }, routes: ['default via 10.0.2.254'], ...changes.ns2 },
  });
}

function ask(destination = '10.0.2.1', netns = 'ns1'): Question {
  return {
    netns: netnsName(netns),
    destination: addr(destination),
    proto: 'icmp',
    port: undefined,
    from: undefined,
    payloadBytes: 56,
  };
}

function named(host: Host, question = ask()): string[] {
  return predict(host, question).causes.map(({ finding }) => `${finding.code} ${finding.netns} ${finding.leg}`);
}

function commands(host: Host, question = ask()): string[] {
  return predict(host, question).causes.flatMap(({ fix }) => fix.map(({ argv }) => argv.join(' ')));
}

test('predict() finds nothing on a healthy chain, and claims no proof for it', () => {
  expect(predict(chain(), ask())).toMatchObject({ causes: [], proof: undefined, notes: [] });
});

test('predict() names a missing route and the one command that repairs it', () => {
  const host = chain({ ns1: { routes: [] } });

  expect(named(host)).toEqual(['no-route ns1 request']);
  expect(commands(host)).toHaveLength(1);
  expect(predict(host, ask()).proof).toEqual({ deliveredAfter: 1 });
});

test('predict() looks at the way back as well', () => {
  const host = chain({ ns2: { routes: [] } });

  expect(named(host)).toEqual(['no-route ns2 reply']);
});

test('predict() names three faults at once, in the order of the path', () => {
  const host = chain({
    ns1: { routes: [] },
    router: {
      links: { r1: { addresses: ['10.0.1.254/24'] }, r2: { peer: 'ns2:veth1', addresses: ['10.0.2.254/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 0 },
    },
    ns2: { routes: [] },
  });

  expect(named(host)).toEqual(['no-route ns1 request', 'forwarding-off router request', 'no-route ns2 reply']);
  expect(commands(host)).toHaveLength(3);
  expect(predict(host, ask()).proof).toEqual({ deliveredAfter: 3 });
});

test('predict() folds the route that an interface took along into the fix of that interface', () => {
  const host = chain({
    ns1: { links: { veth0: { peer: 'router:r1', addresses: ['10.0.1.1/24'], up: false } }, routes: [] },
  });

  expect(named(host)).toEqual(['link-down ns1 request']);
  expect(commands(host)).toHaveLength(2);
});

test('predict() keeps a missing route apart from an interface that is down in another namespace', () => {
  const host = chain({
    router: {
      links: {
        r1: { addresses: ['10.0.1.254/24'], up: false },
        r2: { peer: 'ns2:veth1', addresses: ['10.0.2.254/24'] },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    ns2: { routes: [] },
  });

  expect(named(host)).toEqual(['link-down router request', 'no-route ns2 reply']);
});

test('predict() names a cause without a command, and then proves nothing', () => {
  const question: Question = { ...ask(), proto: 'tcp', port: 80 as NonNullable<Question['port']> };

  const prediction = predict(chain(), question);

  expect(prediction.causes.map(({ finding, fix }) => [finding.code, fix])).toEqual([['no-listener', []]]);
  expect(prediction.proof).toBeUndefined();
});

test('predict() stops at what it cannot decide, and says so', () => {
  const host = hostOf({
    ns1: { links: { wg0: { kind: 'wireguard', addresses: ['10.0.1.1/24'] } } },
  });

  const prediction = predict(host, ask('10.0.1.2'));

  expect(prediction.trip.request.fate.kind).toBe('undecided');
  expect(prediction.proof).toBeUndefined();
  expect(prediction.notes).toEqual([expect.stringContaining('wireguard')]);
});

test('predict() notes what it took for granted where that decides', () => {
  const ruleset = iptablesRules('filter', [
    '-P FORWARD DROP',
    '-A FORWARD -s 10.0.1.0/24 -m limit --limit 5/sec -j ACCEPT',
    '-A FORWARD -d 10.0.1.0/24 -j ACCEPT',
  ]);
  const limited = tweakNetns(chain(), 'router', () => ({ ruleset: known(ruleset, { command: ['iptables-save'] }) }));

  expect(predict(limited, ask())).toMatchObject({
    causes: [],
    notes: [expect.stringMatching(/^Assumed: "-m limit --limit 5\/sec" is not used up/)],
  });
});

test('predict() makes an exception for the packet as it comes in the end, and for no other', () => {
  const ruleset = iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -p icmp -j DROP');
  const host = behindBridge({ wan: { ruleset } });
  expect(commands(host, ask('203.0.113.2'))).toEqual([
    'iptables -t nat -A POSTROUTING -s 192.168.10.0/24 -o up0 -j MASQUERADE',
    'ip netns exec wan iptables -I INPUT 1 -s 203.0.113.1/32 -d 203.0.113.2/32 -p icmp -j ACCEPT',
  ]);
  expect(predict(host, ask('203.0.113.2')).proof).toEqual({ deliveredAfter: 2 });
});
