import { expect, test } from 'vitest';
import { endpointOf } from '../../src/net/endpoint.ts';

test.each([
  ['10.0.0.2', 80, '10.0.0.2:80'],
  ['fd00::2', 80, '[fd00::2]:80'],
  ['10.0.0.2', undefined, '10.0.0.2'],
  ['fd00::2', undefined, 'fd00::2'],
])('endpointOf() writes %s and port %s as one', (address, port, text) => {
  expect(endpointOf(address, port)).toBe(text);
});
