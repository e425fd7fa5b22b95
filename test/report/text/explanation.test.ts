import { expect, test } from 'vitest';
import { codesText, type Explained, explanationText, hitsText } from '../../../src/report/text/explanation.ts';
import { styleOf } from '../../../src/report/text/style.ts';

const STYLE = styleOf(false, 80);

const LINK_DOWN: Explained = {
  code: 'link-down',
  title: 'A link is down',
  group: 'link',
  what: 'Nobody has set it up.',
  linux: ['Its routes go.'],
  source: 'dev.c',
  look: [{ run: 'ip -n NS link show dev DEV', shows: '"state DOWN"' }],
  fix: [{ run: 'ip -n NS link set dev DEV up', does: '' }, { does: 'Or nothing.' }],
  confused: [{ code: 'no-route', tell: 'the link is up' }],
  explains: ['no-route', 'no-carrier'],
  labs: [
    { lab: 'pair', fault: 'down', story: 'It was forgotten.', ask: 'nsdiag why a b' },
    { lab: 'pair', fault: 'both-down', story: 'Both.', ask: 'nsdiag why a b' },
  ],
};

test('explanationText() tells every part of a page', () => {
  expect(explanationText(LINK_DOWN, STYLE)).toBe(`link-down: A link is down

  Nobody has set it up.

How Linux behaves
  - Its routes go.

Source
  dev.c

See it by hand
    ip -n NS link show dev DEV
      "state DOWN"

Repair it
    ip -n NS link set dev DEV up
  Or nothing.

Where
  NS   the namespace of the fault; for the host itself leave out "-n NS" or "ip
       netns exec NS"
  DEV  the interface

Not to be taken for it
  no-route  the link is up

Not reported beside it
  no-route, no-carrier

Try it
  It was forgotten.
    sudo nsdiag lab shell pair
    nsdiag lab break pair down
    nsdiag why a b
  Or pair both-down
`);
});

test('explanationText() says why no lab shows a code', () => {
  const text = explanationText({ ...LINK_DOWN, labs: [], unshown: 'No lab can.' }, STYLE);
  expect(text).toMatch(/Try it\n {2}No lab can\.\n$/);
});

test('explanationText() names three more lab faults, and counts the others', () => {
  const labs = ['a', 'b', 'c', 'd', 'e', 'f'].map((fault) => ({ lab: 'pair', fault, story: 'It is.', ask: 'why' }));
  expect(explanationText({ ...LINK_DOWN, labs }, STYLE)).toMatch(/\n {2}Or pair b, pair c, pair d, 2 more\n$/);
});

test('explanationText() lets a long command go on in the next line, and breaks nothing within quotes', () => {
  const run = `ip netns exec NS nft 'add chain inet guard input { type filter hook input priority 0; policy drop; }' dev`;
  const text = explanationText(
    { ...LINK_DOWN, look: [{ run, shows: 'nothing' }], fix: [{ does: 'Or nothing.' }] },
    STYLE,
  );
  expect(text).toContain(`
    ip netns exec NS nft \\
        'add chain inet guard input { type filter hook input priority 0; policy drop; }' \\
        dev
      nothing
`);
});

test('codesText() lists the codes by group, and leaves out an empty one', () => {
  expect(codesText([{ ...LINK_DOWN, group: 'host' }, LINK_DOWN], STYLE)).toBe(`link
  link-down  A link is down

host
  link-down  A link is down

nsdiag explain CODE tells one of them, nsdiag explain WORD... searches in all.
`);
});

test('hitsText() counts the pages, shows the sentences and escapes what was asked', () => {
  const hits = Array.from({ length: 14 }, () => ({ page: LINK_DOWN, excerpt: 'Its routes go.' }));
  const text = hitsText('\x1b[2J', hits, STYLE);
  expect(text).toContain('"\\x1b[2J" is no code; it is found in 14 pages:');
  expect(text).toContain('  link-down  A link is down\n      Its routes go.\n');
  expect(text).toContain('and in 2 more: another word finds fewer.');
  expect(hitsText('it', hits.slice(0, 1), STYLE)).toContain('it is found in one page:');
});
