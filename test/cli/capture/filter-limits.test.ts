import { expect, test } from 'vitest';
import { mayNotKnowAnswers, mayNotKnowTranslated } from '../../../src/cli/capture/filter-limits.ts';

test.each(['', 'icmp', 'icmp or icmp6', 'ip and not (tcp||udp)', '!udp', ' TCP '])(
  'mayNotKnowTranslated() trusts a filter that asks for no address and no port: "%s"',
  (filter) => expect(mayNotKnowTranslated(filter)).toBe(false),
);

test.each(['host 10.0.0.1', 'icmp and dst 10.0.0.1', 'tcp port 80', 'tcp[13] = 2', 'portrange 1-9', 'inbound'])(
  'mayNotKnowTranslated() does not trust "%s"',
  (filter) => expect(mayNotKnowTranslated(filter)).toBe(true),
);

test.each([
  '',
  'icmp',
  'arp or icmp6',
  'host 10.0.0.1 and tcp port 80',
  'net 10.0.0.0/8',
  'host my-dst.example',
  'not port 22',
])('mayNotKnowAnswers() takes a question and its answer for alike to "%s"', (filter) =>
  expect(mayNotKnowAnswers(filter)).toBe(false),
);

test.each([
  'dst host 10.0.0.1',
  'tcp dst port 80',
  'icmp[0] = 8',
  'not src 10.0.0.1',
  'icmp and (INBOUND)',
  'greater 100',
  'len > 9',
])('mayNotKnowAnswers() expects no answers through "%s"', (filter) => expect(mayNotKnowAnswers(filter)).toBe(true));
