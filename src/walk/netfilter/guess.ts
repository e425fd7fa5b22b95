/**
 * What a condition that cannot be decided says all the same, to one packet on a network where little else happens.
 *
 * A limit is not used up, a list of recent senders is empty, what is sent from here is sent by root, as nsdiag's own
 * probe is. Chance stays chance. Everything else stays unknown: a guess that is wrong blames the innocent.
 *
 * Source: net/netfilter/xt_limit.c, nft_limit.c, xt_recent.c, xt_owner.c, xt_statistic.c.
 *
 * @module
 */

import type { Match } from '../../host/ruleset.ts';
import type { Choose } from './choices.ts';
import { describeMatch } from './describe.ts';
import { ownedBy } from './match.ts';

/** Whether the condition is to be taken as met; `undefined`: nobody can say. @param place Which rule it is of. */
export function guess(match: Match, place: string, choose: Choose): boolean | undefined {
  switch (match.kind) {
    case 'budget': {
      const isUsedUp = choose(`"${match.text}" is not used up (${place})`, 2, 'assumed') === 1;
      return match.within !== isUsedUp;
    }
    case 'owner': {
      const isOther = choose(`root sends it, as "${describeMatch(match)}" asks (${place})`, 2, 'assumed') === 1;
      return ownedBy(match, ROOT) !== isOther;
    }
    case 'chance':
      return choose(`"${match.text}" is chance (${place})`, 2, 'chance') === 1;
    default:
      return undefined;
  }
}

const ROOT = 0;
