import { expect, test } from 'vitest';
import type { Interceptor } from '../../src/host/interceptor.ts';
import { trafficControlOf } from '../../src/recording/traffic-control.ts';
import { fixture, namespaceOf, namespaceWith } from './recorded.ts';

/** What is on eth0, in short: `egress qdisc netem takes unknown`. */
function onEth0(outputs: Parameters<typeof namespaceWith>[0]): readonly string[] {
  const found: readonly Interceptor[] = trafficControlOf(namespaceWith(outputs)).get('eth0') ?? [];
  return found.map(({ side, name, takes }) => {
    const what = takes.kind === 'longer' ? `more than ${takes.thanBytes}` : takes.kind;
    return `${side} ${name} takes ${what}`;
  });
}

test('trafficControlOf() names the filter that was put on a device, and nothing else', () => {
  const found = trafficControlOf(namespaceOf(fixture('odd-router'), 'router'));
  expect([...found.keys()]).toEqual(['r0']);
  expect(found.get('r0')).toMatchObject([{ name: 'tc filter on egress', side: 'egress' }]);
});

test.each([
  ['qdisc noqueue 0: dev eth0 root refcnt 2 ', []],
  ['qdisc pfifo 8001: dev eth0 root refcnt 2 limit 10p', []],
  ['qdisc pfifo 8001: dev eth0 root refcnt 2 limit 0p', ['egress qdisc pfifo takes all']],
  ['qdisc blackhole 8001: dev eth0 root refcnt 2 ', ['egress qdisc blackhole takes all']],
  ['qdisc tbf 8001: dev eth0 root refcnt 2 rate 1Mbit burst 10Kb lat 1ms ', ['egress qdisc tbf takes more than 10240']],
  ['qdisc bfifo 8001: dev eth0 root refcnt 2 limit 50b', ['egress qdisc bfifo takes more than 50']],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 delay 10ms', []],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 delay 10ms loss 10%', ['egress qdisc netem takes unknown']],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 loss 100%', ['egress qdisc netem takes all']],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 corrupt 1%', ['egress qdisc netem takes unknown']],
  ['qdisc hfsc 1: dev eth0 root refcnt 2 ', ['egress qdisc hfsc takes unknown']],
  // Which packets it is shown, the classes above it decide.
  ['qdisc blackhole 10: dev eth0 parent 1:10 ', ['egress qdisc blackhole takes unknown']],
  ['qdisc clsact ffff: dev eth0 parent ffff:fff1 ', []],
])('trafficControlOf() reads "%s"', (qdisc, expected) => {
  expect(onEth0({ qdisc })).toEqual(expected);
});

/** As iproute2 6.1 prints them; those with actions are not to be had on every kernel. */
const FILTERS: readonly (readonly [what: string, printed: string, takes: string])[] = [
  [
    'a program that returns TC_ACT_SHOT',
    `filter protocol all pref 49152 bpf chain 0 
filter protocol all pref 49152 bpf chain 0 handle 0x1 direct-action not_in_hw bytecode '1,6 0 0 2' 
`,
    'all',
  ],
  [
    'a program that looks at the packet',
    `filter protocol all pref 49152 bpf chain 0 
filter protocol all pref 49152 bpf chain 0 handle 0x1 direct-action not_in_hw bytecode '4,40 0 0 12,21 0 1 2048,6 0 0 2,6 0 0 0' 
`,
    'unknown',
  ],
  [
    'a drop of everything',
    `filter protocol all pref 49152 matchall chain 0 
filter protocol all pref 49152 matchall chain 0 handle 0x1 
  not_in_hw
\taction order 1: gact action drop
\t random type none pass val 0
\t index 1 ref 1 bind 1
`,
    'all',
  ],
  [
    'a drop of IPv4',
    `filter protocol ip pref 49152 matchall chain 0 
filter protocol ip pref 49152 matchall chain 0 handle 0x1 
  not_in_hw
\taction order 1: gact action drop
\t random type none pass val 0
`,
    'unknown',
  ],
  [
    'a drop of everything behind a filter that may let it pass',
    `filter protocol ip pref 10 u32 chain 0 
filter protocol ip pref 10 u32 chain 0 fh 800: ht divisor 1 
filter protocol ip pref 10 u32 chain 0 fh 800::800 order 2048 key ht 800 bkt 0 terminal flowid not_in_hw 
  match 0a000002/ffffffff at 16
\taction order 1: gact action pass
filter protocol all pref 49152 matchall chain 0 
filter protocol all pref 49152 matchall chain 0 handle 0x1 
\taction order 1: gact action drop
\t random type none pass val 0
`,
    'unknown',
  ],
];

test.each(FILTERS)('trafficControlOf() of a filter that is %s', (_, printed, takes) => {
  expect(onEth0({ qdisc: '', 'filter ingress eth0': printed })).toEqual([
    `ingress tc filter on ingress takes ${takes}`,
  ]);
});

test('trafficControlOf() says so when filters may be there and could not be read', () => {
  expect(onEth0({ qdisc: '', 'filter ingress eth0': { exitCode: 2, stderr: 'no permission' } })).toEqual([
    'ingress tc filter on ingress that could not be read takes unknown',
  ]);
});

test('trafficControlOf() finds no filter where none was printed', () => {
  expect(onEth0({ qdisc: '', 'filter ingress eth0': '\n' })).toEqual([]);
});
