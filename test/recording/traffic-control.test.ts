import { expect, test } from 'vitest';
import { trafficControlOf } from '../../src/recording/traffic-control.ts';
import { fixture, namespaceOf, namespaceWith } from './recorded.ts';

test('trafficControlOf() names the filter that was put on a device, and nothing else', () => {
  expect(trafficControlOf(namespaceOf(fixture('odd-router'), 'router'))).toEqual(
    new Map([['r0', ['tc filter on egress']]]),
  );
});

test.each([
  ['qdisc noqueue 0: dev eth0 root refcnt 2 ', []],
  ['qdisc tbf 8001: dev eth0 root refcnt 2 rate 1Mbit burst 10Kb lat 1ms ', []],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 delay 10ms', []],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 delay 10ms loss 10%', ['qdisc netem']],
  ['qdisc netem 8001: dev eth0 root refcnt 2 limit 1000 corrupt 1%', ['qdisc netem']],
  ['qdisc hfsc 1: dev eth0 root refcnt 2 ', ['qdisc hfsc']],
  ['qdisc clsact ffff: dev eth0 parent ffff:fff1 ', []],
])('trafficControlOf() reads "%s"', (qdisc, expected) => {
  expect(trafficControlOf(namespaceWith({ qdisc })).get('eth0') ?? []).toEqual(expected);
});

test('trafficControlOf() says so when filters may be there and could not be read', () => {
  const namespace = namespaceWith({ qdisc: '', 'filter ingress a@b': { exitCode: 2, stderr: 'no permission' } });

  expect(trafficControlOf(namespace)).toEqual(new Map([['a@b', ['tc filters on ingress that could not be read']]]));
});

test('trafficControlOf() finds no filter where none was printed', () => {
  expect(trafficControlOf(namespaceWith({ qdisc: '', 'filter ingress eth0': '\n' }))).toEqual(new Map());
});
