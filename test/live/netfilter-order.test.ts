/** In which order hooks run: by priority; of equal ones the latest registered first, which no listing shows. */

import { expect } from 'vitest';
import { judgeRulesets, type RulesetTrial, tryRulesets } from '../helpers/ruleset-judge.ts';
import { liveTest } from '../helpers/world.ts';

function chain(name: string, priority: string, rule: string): string {
  return `table ip ${name} {\nchain f {\ntype filter hook forward priority ${priority}\n${rule}\n}\n}`;
}

/** One nft transaction each: which of two chains is registered first is the order of the calls. */
function loadedInTurn(...tables: readonly string[]): string {
  return tables.map((table) => `nft -f - <<X\n${table}\nX`).join('\n');
}

liveTest('priorities order chains of all families, tables and programs', async () => {
  const drops = 'meta mark 1 drop';
  await judgeRulesets([
    { claim: 'marked before', r: `${chain('a', '-1', 'meta mark set 1')}\n${chain('b', '0', drops)}`, answered: false },
    { claim: 'marked behind', r: `${chain('a', '1', 'meta mark set 1')}\n${chain('b', '0', drops)}`, answered: true },
    {
      claim: 'iptables mangle is ahead of filter',
      r: `iptables -t mangle -A FORWARD -j MARK --set-mark 1\niptables -A FORWARD -m mark --mark 1 -j DROP`,
      answered: false,
    },
    {
      claim: 'legacy filter is behind nft at -1',
      r: `${loadedInTurn(chain('a', '-1', 'meta mark set 1'))}\niptables-legacy -A FORWARD -m mark --mark 1 -j DROP`,
      answered: false,
    },
    {
      claim: 'legacy filter is ahead of nft at 1',
      r: `${loadedInTurn(chain('a', '1', 'meta mark set 1'))}\niptables-legacy -A FORWARD -m mark --mark 1 -j DROP`,
      answered: true,
    },
  ]);
});

liveTest('of equal priorities the latest runs first, and the model says that it cannot tell', async () => {
  const marks = chain('a', '0', 'meta mark set 1');
  const drops = chain('b', '0', 'meta mark 1 drop');
  const trials: readonly RulesetTrial[] = [
    { claim: 'marks, loaded last', r: loadedInTurn(drops, marks), answered: false },
    { claim: 'drops, loaded last', r: loadedInTurn(marks, drops), answered: true },
  ];
  const judged = await tryRulesets(trials);
  expect(judged.map(({ answered }) => answered)).toEqual([false, true]);
  for (const { trip } of judged) {
    expect(trip.request.fate).toMatchObject({ kind: 'undecided' });
    expect(JSON.stringify(trip.request.fate)).toContain('which runs first at one priority: nft ip ');
  }
});

liveTest('equal priorities make no difference where the chains only accept and drop', async () => {
  const accepts = chain('a', '0', 'accept');
  await judgeRulesets([
    { claim: 'both accept', r: loadedInTurn(accepts, chain('b', '0', 'accept')), answered: true },
    { claim: 'one drops', r: loadedInTurn(accepts, chain('b', '0', 'drop')), answered: false },
    { claim: 'the other drops', r: loadedInTurn(chain('b', '0', 'drop'), accepts), answered: false },
  ]);
});
