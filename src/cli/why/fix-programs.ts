/**
 * Programs that the printed commands start, and that the machine does not have: a fix that cannot be run says what it
 * lacks before somebody tries it.
 *
 * @module
 */

import type { Cause } from '../../diagnosis/diagnosis.ts';
import { howToInstall } from '../../system/debian-package.ts';

/** A note for each. @param missing Programs that are not installed. */
export function missingForFix(causes: readonly Cause[], missing: readonly string[]): readonly string[] {
  const commands = causes.flatMap(({ fix, alternatives }) => [...fix, ...alternatives.flatMap((each) => each.fix)]);
  const needed = new Set(commands.map(({ argv }) => programOf(argv)));
  return missing
    .filter((program) => needed.has(program))
    .map((program) => {
      const how = howToInstall(program);
      return `A fix here runs ${program}, which is not installed${how === undefined ? '' : ` (${how})`}`;
    });
}

/** What is started in the end, behind what enters the namespace (host/commands-enter.ts). */
function programOf(argv: readonly string[]): string | undefined {
  if (argv[0] === 'ip' && argv[1] === 'netns' && argv[2] === 'exec') return argv[4];
  if (argv[0] !== 'nsenter') return argv[0];
  return argv[1] === '-t' ? argv[4] : argv[2];
}
