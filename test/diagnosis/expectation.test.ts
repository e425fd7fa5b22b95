import { expect, test } from 'vitest';
import { conclude } from '../../src/diagnosis/conclude.ts';
import { type Expected, holds } from '../../src/diagnosis/expectation.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import { iptables } from '../faults/rulesets.ts';
import { ask } from '../helpers/ask.ts';
import { forget } from '../helpers/build-host.ts';
import { campus } from './matrix/campus.ts';

const FORWARDS = { 'net/ipv4/ip_forward': 1 };
const HEALTHY = campus();
const DROPS = campus({ router: { sysctls: FORWARDS, ruleset: iptables('filter', ':FORWARD DROP [0:0]') } });
const UNREAD = forget(HEALTHY, 'r', 'ruleset', 'nft is not installed');

function held(host: Host, expected: Partial<Expected>) {
  const nothing = { via: [], diesIn: undefined, before: undefined, code: undefined };
  const diagnosis = conclude(host, predict(host, ask('a1', '10.0.2.1')), {
    observation: undefined,
    routes: [],
    notes: [],
  });
  const { kind, ...why } = holds({ reaches: true, ...nothing, ...expected }, diagnosis);
  return 'because' in why ? `${kind}: ${why.because}` : kind;
}

test.each<[string, Host, Partial<Expected>, RegExp]>([
  ['what reaches, as expected', HEALTHY, {}, /^holds$/],
  ['what reaches by the way that is expected', HEALTHY, { via: ['r:pa1', 'r', 'b1'] }, /^holds$/],
  [
    'what reaches by another way',
    HEALTHY,
    { via: ['b1', 'r'] },
    /^fails: it goes by a1:eth0, .*: not by r after that$/,
  ],
  ['what reaches by nothing of that name', HEALTHY, { via: ['fw'] }, /^fails: .*: not by fw$/],
  ['what reaches and should not', HEALTHY, { reaches: false }, /^fails: a1 reaches 10\.0\.2\.1/],
  ['what does not reach and should', DROPS, {}, /^fails: a1 cannot reach 10\.0\.2\.1/],
  ['what dies where and of what it should', DROPS, { reaches: false, diesIn: 'r', code: 'firewall-drop' }, /^holds$/],
  [
    'what dies of something else',
    DROPS,
    { reaches: false, code: 'no-route' },
    /^fails: it is lost, but not of no-route/,
  ],
  ['what dies elsewhere', DROPS, { reaches: false, diesIn: 'b1' }, /^fails: it is lost in r, not in b1/],
  ['what dies before it gets there', DROPS, { reaches: false, before: 'b1' }, /^holds$/],
  ['what gets too far', DROPS, { reaches: false, before: 'r' }, /^fails: it is lost, but gets to r before/],
  ['what nobody can tell', UNREAD, {}, /^undecided: /],
  ['what nobody can tell, when it should not reach', UNREAD, { reaches: false }, /^undecided: /],
])('holds() of %s', (_, host, expected, answer) => {
  expect(held(host, expected)).toMatch(answer);
});
