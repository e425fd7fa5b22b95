/**
 * Causes told once for all pairs that they break.
 *
 * One cause is one code at one place, repaired by one command first: two routes that a namespace lacks are two causes, an
 * interface that is down is one, whatever routes each pair needs besides. Of what lets single pairs through (an accept
 * for their addresses), the rule that is in the way is the cause.
 *
 * @module
 */

import { lastJourney } from '../../journey/journey.ts';
import type { Cause, FixCommand } from '../diagnosis.ts';
import type { Walked } from './ask-pairs.ts';
import { endOf } from './end-of-journey.ts';
import type { Pair, Reason } from './matrix.ts';

/** Their fix lets one pair's packets pass, and says nothing of what is in the way. */
const FIXED_PAIR_BY_PAIR = /^(firewall|bridge-netfilter|bridge-filter|nat|dnat)/;

/** The causes of a matrix as they are found. */
export class ReasonBook {
  readonly #known = new Map<string, { readonly reason: Reason; readonly fix: FixCommand[] }>();

  /** @param reasons Those that are known already. */
  constructor(reasons: readonly Reason[] = []) {
    for (const reason of reasons) this.#enter(reason);
  }

  /** The one that stands for it here. */
  entered(reason: Reason): Reason {
    return this.#known.get(reason.key)?.reason ?? reason;
  }

  /** Of a diagnosis. */
  of(causes: readonly Cause[], pair: Pair): readonly Reason[] {
    return [...new Set(causes.map((cause) => this.#ofCause(cause, pair)))];
  }

  /** Of a pair for which no rule knows a cause: what the walk itself says has to do. */
  unexplained({ pair, trip }: Walked): Reason {
    const key = endOf(trip);
    const { fate, leg } = lastJourney(trip);
    const what =
      fate.kind === 'undecided'
        ? fate.because.join('; ')
        : fate.kind === 'left-host'
          ? `the ${leg} leaves by ${fate.device}, to where nsdiag cannot look`
          : `the ${leg} ends here, and nsdiag knows no cause`;
    const device = fate.kind === 'left-host' ? fate.device : undefined;
    return (
      this.#known.get(key)?.reason ??
      this.#enter({
        key,
        code: undefined,
        title: 'Not decided',
        netns: fate.netns,
        device,
        leg,
        what,
        why: undefined,
        fix: [],
        of: pair,
      })
    );
  }

  #ofCause({ finding, fix }: Cause, of: Pair): Reason {
    const { code, title, netns, device, leg, what, why } = finding;
    const isOfPair = fix.length === 0 || FIXED_PAIR_BY_PAIR.test(code);
    const key = JSON.stringify([code, netns, isOfPair ? what : fix[0]?.argv]);
    const known = this.#known.get(key);
    if (known === undefined) return this.#enter({ key, code, title, netns, device, leg, what, why, fix, of });
    if (!isOfPair) known.fix.push(...fix.filter((command) => !known.fix.some((each) => isSame(each, command))));
    return known.reason;
  }

  #enter(reason: Reason): Reason {
    const fix = [...reason.fix];
    const entered = { ...reason, fix };
    this.#known.set(reason.key, { reason: entered, fix });
    return entered;
  }
}

function isSame(a: FixCommand, b: FixCommand): boolean {
  return a.argv.length === b.argv.length && a.argv.every((word, index) => word === b.argv[index]);
}
