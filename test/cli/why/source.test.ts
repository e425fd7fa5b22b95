import { expect, test } from 'vitest';
import { requireOwnSource } from '../../../src/cli/why/source.ts';
import { predict } from '../../../src/diagnosis/predict.ts';
import { ask } from '../../helpers/ask.ts';
import { hostOf } from '../../helpers/build-host.ts';

const HOST = hostOf({
  ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['fd00::1/64', '10.0.0.1/24'] } } },
  ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } } },
});

function send(from?: string): void {
  requireOwnSource(HOST, predict(HOST, ask('ns1', '10.0.0.2', from === undefined ? {} : { from })));
}

test.each([undefined, '10.0.0.1', '127.0.0.1'])('requireOwnSource() lets %s pass', (from) => {
  expect(() => send(from)).not.toThrow();
});

test('requireOwnSource() refuses an address of another namespace, and lists the own ones, those of its family first', () => {
  expect(() => send('10.0.0.2')).toThrow(
    expect.objectContaining({
      message: 'Cannot send from 10.0.0.2: ns1 does not have that address',
      hint: expect.stringMatching(/^ns1 has .*10\.0\.0\.1 \(veth0\).*fd00::1 \(veth0\)/),
    }),
  );
});
