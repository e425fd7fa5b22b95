import { expect, test } from 'vitest';
import { View } from '../../../src/cli/capture/view.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { journey } from '../../report/example-captures.ts';

/** A view that writes into a list, at times of the test's choice. */
function viewing(isJson: boolean) {
  const lines: string[] = [];
  let nowMs = 0;
  let made = 0;
  const out = { write: (text: string) => void lines.push(text) };
  const view = new View(out, { isJson, style: styleOf(false, 80), isOneLine: true }, () => nowMs);
  const tell = (count: number, kind: 'arrived' | 'lost') => {
    const fate = kind === 'arrived' ? ({ kind } as const) : { kind, where: undefined, isInPart: false, afterMs: 200 };
    for (let packet = 0; packet < count; packet++) {
      view.tell(fate, () => {
        made++;
        return journey({ fate });
      });
    }
  };
  return {
    lines,
    view,
    tell,
    made: () => made,
    at: (ms: number) => {
      nowMs = ms;
    },
  };
}

test('View writes a line a packet', () => {
  const { lines, tell } = viewing(false);
  tell(2, 'arrived');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^10:02:11\.104 .* ✓\n$/);
});

test('View counts what comes faster than anybody reads, keeps room for what was lost, and makes no words for the rest', () => {
  const { lines, tell, made, at } = viewing(false);
  tell(12_345, 'arrived');
  expect(lines).toHaveLength(100);
  tell(500, 'lost');
  expect(lines).toHaveLength(200);
  expect(lines.at(-1)).toContain('✗');
  expect(made()).toBe(200);
  at(1000);
  tell(1, 'arrived');
  expect(lines.slice(200, 201)).toEqual(['… 12,645 more, 400 of them lost\n']);
  expect(lines).toHaveLength(202);
});

test('View says in the end what it left out, and nothing when it left nothing', () => {
  const { lines, tell, view } = viewing(true);
  view.tellLeft();
  expect(lines).toEqual([]);
  tell(1_001, 'arrived');
  view.tellLeft();
  expect(lines).toHaveLength(1_001);
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ schema: 'nsdiag.capture/1', kind: 'more', packets: 1, lost: 0 });
});
