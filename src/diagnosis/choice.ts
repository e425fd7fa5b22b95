/**
 * What the search for a repair chose on its way, before it is said as a cause.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import type { Repair } from '../host/edit.ts';
import type { Host } from '../host/host.ts';

/** One repair of one finding, as chosen on the way. */
export interface Choice {
  readonly finding: Finding;
  /** `undefined`: the finding has none, and the way ends here. */
  readonly repair: Repair | undefined;
  /** The host on which it was found: commands such as "insert before rule 3" count on this one. */
  readonly host: Host;
  /** What else was offered for the same failure. */
  readonly others: readonly Repair[];
}
