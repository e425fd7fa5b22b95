import { expect, test } from 'vitest';
import { ranText, repairedText } from '../../../src/report/text/repaired.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { diagnosis, missingRouteBack } from '../example-diagnoses.ts';

const STYLE = styleOf(false, 80);

test('ranText() is a line for each command, quoted as it would be typed', () => {
  expect(ranText(['ip', 'link', 'set', 'dev', '$(x)', 'up'], true, STYLE)).toBe("ran     ip link set dev '$(x)' up\n");
  expect(ranText(['ip', 'a'], false, STYLE)).toBe('failed  ip a\n');
});

test('repairedText() is one sentence when all is well, and the whole report when not', () => {
  expect(repairedText(diagnosis(), STYLE)).toBe('✓ ns1 reaches 10.0.2.1 (icmp): 3 of 3 answered\n');
  const text = repairedText(missingRouteBack(), STYLE);
  expect(text).toMatch(/^The fix did not do it\. Looked at again:\n\n✗ ns1 cannot reach/);
  expect(text).not.toContain('Or let nsdiag run it');
});
