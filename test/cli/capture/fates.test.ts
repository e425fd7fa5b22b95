import { expect, test } from 'vitest';
import { mayNotKnowTranslated } from '../../../src/cli/capture/fates.ts';

test.each(['', 'icmp', 'icmp or icmp6', 'ip and not (tcp||udp)', '!udp', ' TCP '])(
  'mayNotKnowTranslated() trusts a filter that asks for no address and no port: "%s"',
  (filter) => expect(mayNotKnowTranslated(filter)).toBe(false),
);

test.each(['host 10.0.0.1', 'icmp and dst 10.0.0.1', 'tcp port 80', 'tcp[13] = 2', 'portrange 1-9', 'inbound'])(
  'mayNotKnowTranslated() does not trust "%s"',
  (filter) => expect(mayNotKnowTranslated(filter)).toBe(true),
);
