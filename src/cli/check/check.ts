/**
 * `nsdiag check`: each expectation asked as `why` would, and held against the answer.
 *
 * @module
 */

import { type Expected, type Held, holds } from '../../diagnosis/expectation.ts';
import type { CheckResult } from '../../report/check.ts';
import { Failure, withHint } from '../../system/failure.ts';
import type { Progress } from '../progress.ts';
import { ask, type Ground } from '../why/ground.ts';
import { parseWords } from '../why/words.ts';
import type { Expectation } from './expectation.ts';

/** Ask them, one after the other; what cannot be asked is a result of its own. Throws only when it is aborted. */
export async function checkAll(
  expectations: readonly Expectation[],
  ground: Ground,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const looking = lookingOnce(ground);
  const results: CheckResult[] = [];
  for (const [index, expectation] of expectations.entries()) {
    progress.tell(`Asking ${index + 1} of ${expectations.length}: ${expectation.name}`);
    const beganMs = performance.now();
    const { held, diagnosis } = await checkOne(expectation, looking);
    signal.throwIfAborted();
    const { name, line } = expectation;
    results.push({ name, line, held, diagnosis, tookMs: performance.now() - beganMs });
  }
  return results;
}

async function checkOne({ words }: Expectation, ground: Ground): Promise<Pick<CheckResult, 'held' | 'diagnosis'>> {
  const { from, reaches, proto, port, size, source } = words;
  const optional = { proto, port: port?.toString(), size: size?.toString(), from: source };
  const options = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  const expected: Expected = {
    reaches: reaches !== undefined,
    via: words.via ?? [],
    diesIn: words['dies-in'],
    before: words.before,
    code: words.code,
  };
  try {
    const { diagnosis } = await ask(ground, parseWords(from, reaches ?? words['does-not-reach'] ?? '', options));
    return { held: holds(expected, diagnosis), diagnosis };
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'interrupted') throw error;
    return { held: { kind: 'not-asked', because: withHint(error) }, diagnosis: undefined };
  } finally {
    await ground.leave();
  }
}

/** One reading does for all of them, but where something may still pass by itself. */
function lookingOnce(ground: Ground): Ground {
  let looked: ReturnType<Ground['look']> | undefined;
  const { settle } = ground;
  return {
    ...ground,
    look: () => {
      looked ??= ground.look();
      return looked;
    },
    settle:
      settle &&
      (async () => {
        await settle();
        looked = undefined;
      }),
  };
}

/** 1 when one fails, else 2 when one could not be asked, else 3 when one is undecided. */
export function exitCodeOf(results: readonly CheckResult[]): 0 | 1 | 2 | 3 {
  const has = (kind: Held['kind'] | 'not-asked') => results.some(({ held }) => held.kind === kind);
  if (has('fails')) return 1;
  if (has('not-asked')) return 2;
  return has('undecided') ? 3 : 0;
}
