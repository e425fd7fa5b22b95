import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { differenceOf } from '../../src/host/difference/difference.ts';
import { originsOf } from '../../src/host/difference/origins.ts';
import { styleOf } from '../../src/report/text/style.ts';
import { turnNotAsked, turnText } from '../../src/report/text/watch.ts';
import { watchLine } from '../../src/report/watch-json.ts';
import { hostOf } from '../helpers/build-host.ts';
import { diagnosis, missingRouteBack } from './example-diagnoses.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../src/report/schemas/watch-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

const before = hostOf({
  far: { links: { d0: { kind: 'dummy' } } },
  ns2: { links: { veth1: { kind: 'dummy', addresses: ['10.0.2.1/24'] } }, routes: ['10.0.1.0/24 dev veth1'] },
});
const after = hostOf({
  far: { links: { d0: { kind: 'dummy', mtu: 1400 } } },
  ns2: { links: { veth1: { kind: 'dummy', addresses: ['10.0.2.1/24'] } } },
});
const ORIGINS = originsOf(differenceOf(before, after).changes);
const CHANGES = ORIGINS.map(({ change }) => change);
const style = styleOf(false, 80);

test('turnText() says what change did it, that of the guilty namespace first, and the fix', () => {
  const text = turnText(missingRouteBack(), '10:04:12', false, CHANGES, style);

  expect(text).toMatch(/^10:04:12 unreachable: route 10\.0\.1\.0\/24 dev veth1 deleted in ns2; device d0 mtu/);
  expect(text).toMatch(/^ {9}no-route: /m);
  expect(text).toMatch(/^ {4}ip -n ns2 route add /m);
});

test('turnText() blames no address that the kernel gives to every device', () => {
  const late = hostOf({
    far: { links: { d0: { kind: 'dummy', mtu: 1400 } } },
    ns2: { links: { veth1: { kind: 'dummy', addresses: ['10.0.2.1/24', 'fe80::1/64'] } } },
  });
  const changes = originsOf(differenceOf(before, late).changes).map(({ change }) => change);
  const text = turnText(missingRouteBack(), '10:04:12', false, changes, style);

  expect(text).toMatch(/^10:04:12 unreachable: route .* deleted in ns2; device d0 mtu\s.*;\saddress fe80::1\/64/s);
});

test('turnText() says that nothing that is read has changed, where that is so', () => {
  expect(turnText(diagnosis(), '10:04:12', false, [], style)).toMatch(/^10:04:12 reachable: nothing that nsdiag reads/);
});

test('turnText() begins with how it stands', () => {
  expect(turnText(diagnosis(), '10:04:12', true, [], style)).toMatch(/^10:04:12 reachable: ns1 reaches /);
});

test('turnNotAsked() lets no name reach the terminal as it is', () => {
  expect(turnNotAsked('Cannot look into "n\u001b[31m"', '10:04:12', [], style)).toBe(
    '10:04:12 cannot be asked: Cannot look into "n\\x1b[31m"\n',
  );
});

test.each([
  ['a first answer', watchLine('2026-11-22T10:04:12.000Z', 'first', [], diagnosis())],
  ['a break', watchLine('2026-11-22T10:04:12.000Z', 'broke', ORIGINS, missingRouteBack())],
  ['an error', watchLine('2026-11-22T10:04:12.000Z', 'error', [], 'Cannot look')],
])('watchLine() of %s keeps the schema', (_, line) => {
  validate(JSON.parse(JSON.stringify(line)));
  expect(validate.errors).toBe(null);
});
