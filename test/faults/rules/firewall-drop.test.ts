import { expect, test } from 'vitest';
import { predict } from '../../../src/diagnosis/predict.ts';
import { firewallDrop } from '../../../src/faults/rules/firewall-drop.ts';
import { ask } from '../../helpers/ask.ts';
import { hostingHost, hostingOf } from '../../helpers/hosting.ts';
import { after, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1';

test('firewall-drop accepts this traffic ahead of the rule that drops it', () => {
  const host = chain({
    r1: { ruleset: iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -s 10.0.1.0/24 -j DROP') },
  });
  const [finding] = findBy(firewallDrop, host, QUESTION);
  expect(finding).toMatchObject({ code: 'firewall-drop', netns: 'r1', device: 'a', leg: 'request' });
  expect(finding?.what).toContain('-A FORWARD -s 10.0.1.0/24 -j DROP');
  expect(commandsFor(host, finding)).toEqual([
    'ip netns exec r1 iptables -I FORWARD 1 -s 10.0.1.1/32 -d 10.0.2.1/32 -p icmp -j ACCEPT',
  ]);
  expect(isProgress(host, QUESTION, finding)).toBe(true);
});

test('firewall-drop accepts the answers too, where the policy would take them next', () => {
  const host = chain({ r1: { ruleset: iptables('filter', ':FORWARD DROP [0:0]') } });
  const [finding] = findBy(firewallDrop, host, QUESTION);
  expect(finding?.what).toContain('the policy of chain');
  expect(finding?.repairs[0]?.edits).toHaveLength(2);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('firewall-drop is silent about a dropping rule for another source', () => {
  const host = chain({
    r1: { ruleset: iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -s 10.0.9.0/24 -j DROP') },
    ns2: { routes: [] },
  });
  expect(findBy(firewallDrop, host, QUESTION)).toEqual([]);
});

test('firewall-drop says that docker put it there, and accepts in the chain that docker leaves alone', () => {
  const host = hostingHost(hostingOf('docker'));
  const [finding] = findBy(firewallDrop, host, 'web 172.18.0.2');

  expect(finding?.what).toContain('DOCKER-ISOLATION-STAGE-2');
  expect(finding?.evidence[1]?.text).toMatch(/^docker probably put this rule there \(chain DOCKER-ISOLATION-STAGE-2\)/);
  expect(commandsFor(host, finding)[0]).toBe(
    'ip netns exec h iptables -I DOCKER-USER -s 172.17.0.2/32 -d 172.18.0.2/32 -p icmp -j ACCEPT',
  );
  expect(endOf(after(host, finding?.repairs[0]), 'web 172.18.0.2')).toBe('reply: filtered in h');
});

test('firewall-drop accepts ahead of the rule where the chain for users is not called', () => {
  const host = chain({
    r1: {
      ruleset: iptables(
        'filter',
        ':FORWARD ACCEPT [0:0]',
        ':DOCKER-USER - [0:0]',
        ':DOCKER - [0:0]',
        '-A FORWARD -j DOCKER',
        '-A DOCKER -j DROP',
      ),
    },
  });
  const causes = predict(host, ask('ns1', '10.0.2.1')).causes;

  expect(causes.flatMap(({ fix }) => fix.map(({ argv }) => argv.join(' ')))[0]).toContain('iptables -I DOCKER 1');
});
