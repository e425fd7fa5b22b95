import { expect, test } from 'vitest';
import { codesText, explanationText } from '../../../src/report/text/explanation.ts';
import { styleOf } from '../../../src/report/text/style.ts';

const STYLE = styleOf(false, 80);
const NO_ROUTE = { code: 'no-route', title: 'No route to the destination', source: 'ip-route(8)', explains: [] };
const LINK_DOWN = { code: 'link-down', title: 'A link is down', source: 'dev.c', explains: ['no-route', 'no-carrier'] };

test('explanationText() tells title and source, and which echoes the code hides', () => {
  expect(explanationText(NO_ROUTE, STYLE)).toBe('no-route: No route to the destination\n  source  ip-route(8)\n');
  expect(explanationText(LINK_DOWN, STYLE)).toContain('hides   no-route, no-carrier: ');
});

test('codesText() lists every code with its title', () => {
  expect(codesText([LINK_DOWN, NO_ROUTE], STYLE)).toBe(
    'link-down  A link is down\nno-route   No route to the destination\n',
  );
});
