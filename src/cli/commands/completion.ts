/**
 * `nsdiag completion SHELL`: what makes a shell complete nsdiag.
 *
 * @module
 */

import { Argument } from 'commander';
import { type Define, examples } from '../command.ts';
import { completionScript, SHELLS } from '../completion/scripts.ts';

export const define: Define = (command, perform) => {
  command
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText(
      'after',
      examples([
        ['source <(nsdiag completion bash)', 'in ~/.bashrc'],
        ['source <(nsdiag completion zsh)', 'in ~/.zshrc, after compinit'],
        ['nsdiag completion fish | source', 'in ~/.config/fish/config.fish'],
      ]),
    )
    .addHelpText('after', '\nThen Tab finds commands, options, namespaces, labs, faults and codes.')
    .action((shell: (typeof SHELLS)[number]) =>
      perform(async (io) => {
        io.stdout.write(completionScript(shell));
        return 0;
      }),
    );
};
