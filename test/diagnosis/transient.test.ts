import { expect, test } from 'vitest';
import { predict } from '../../src/diagnosis/predict.ts';
import { mayPassByItself } from '../../src/diagnosis/transient.ts';
import type { PortState } from '../../src/host/link.ts';
import { hostOf, netnsName } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';

/** Two namespaces on a bridge, one port of which is in the state. */
function passes(state: PortState): { readonly codes: readonly string[]; readonly mayPass: boolean } {
  const host = hostOf({
    ns1: { links: { a: { peer: 'sw:pa', addresses: ['10.0.0.1/24'] } } },
    sw: { links: { br: { kind: 'bridge' }, pa: { master: 'br', port: { state } }, pb: { master: 'br' } } },
    ns2: { links: { b: { peer: 'sw:pb', addresses: ['10.0.0.2/24'] } } },
  });
  const prediction = predict(host, {
    netns: netnsName('ns1'),
    destination: addr('10.0.0.2'),
    proto: 'icmp',
    port: undefined,
    from: undefined,
    payloadBytes: 56,
  });
  return { codes: prediction.causes.map(({ finding }) => finding.code), mayPass: mayPassByItself(host, prediction) };
}

test('mayPassByItself() expects a port that linkwatch has not reached yet to forward soon', () => {
  expect(passes('disabled')).toEqual({ codes: ['bridge-port-blocking'], mayPass: true });
});

test('mayPassByItself() does not wait for a port that somebody blocked, nor for a healthy one', () => {
  expect(passes('blocking')).toEqual({ codes: ['bridge-port-blocking'], mayPass: false });
  expect(passes('forwarding')).toEqual({ codes: [], mayPass: false });
});
