/**
 * `nsdiag demo`: the tour, in a private world.
 *
 * @module
 */

import { runDemo } from '../../lab/demo.ts';
import { styleOf } from '../../report/text/style.ts';
import { ownCommand } from '../../system/self.ts';
import { type Define, examples } from '../command.ts';

export const define: Define = (command, perform) => {
  command
    .addHelpText('after', examples([['sudo nsdiag demo', 'watch it; takes less than a minute']]))
    .addHelpText('after', '\nNeeds root, and changes nothing: what it makes is gone when it ends.')
    .action(() =>
      perform(async ({ stdout, color, terminal, signal }) => {
        const { colors } = styleOf(color.stdout, terminal.columns);
        await runDemo({
          nsdiag: [...ownCommand(), color.stdout ? '--color' : '--no-color'],
          say: (line) => stdout.write(`${line}\n`),
          heading: (text) => `\n${colors.bold(`== ${text}`)}`,
          signal,
        });
        return 0;
      }),
    );
};
