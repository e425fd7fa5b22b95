import { expect, test } from 'vitest';
import { boundKey, parseBoundDevices } from '../../src/recording/nft-devices.ts';

/** As nft 1.0.6 prints it. */
const LISTING = `table netdev t {
	chain one {
		type filter hook ingress device "eth0" priority filter; policy accept;
	}
	chain told {
		comment "x } y; type filter hook ingress device \\"no\\" priority filter"
		type filter hook ingress device "a,b" priority filter; policy accept;
	}
	chain regular {
	}
	chain several {
		type filter hook egress devices = { -x, a,b, y } priority filter; policy drop;
	}
}
table inet t {
	chain one {
		type filter hook ingress device "eth1" priority filter - 10; policy accept;
	}
	chain in {
		type filter hook input priority filter; policy accept;
	}
}
`;

test.each([
  ['netdev', 'one', ['eth0']],
  ['netdev', 'told', ['a,b']],
  ['netdev', 'regular', undefined],
  ['netdev', 'several', ['-x', 'a,b', 'y']],
  ['inet', 'one', ['eth1']],
  ['inet', 'in', undefined],
])('parseBoundDevices() knows what the chain of %s t %s is bound to', (family, chain, devices) => {
  expect(parseBoundDevices(LISTING).get(boundKey(family, 't', chain))).toEqual(devices);
});

test('parseBoundDevices() makes nothing of a text that is no listing', () => {
  expect(
    parseBoundDevices('Error: syntax error\n\t\ttype filter hook ingress device "x" priority filter;\n').size,
  ).toBe(0);
});
