/**
 * `nsdiag extcap`: the devices of every namespace in Wireshark's own list. People use --install; the rest is Wireshark's.
 *
 * @module
 */

import { Option } from 'commander';
import { Failure } from '../../system/failure.ts';
import { ownCommand } from '../../system/self.ts';
import { type Define, examples } from '../command.ts';
import { answer, type ExtcapCall } from '../extcap/answer.ts';
import { askFolders, chosenFolder, install, uninstall } from '../extcap/install.ts';

interface ExtcapOptions extends ExtcapCall {
  readonly install?: boolean;
  readonly uninstall?: boolean;
}

/** Wireshark's half of the options; newer ones may ask for more, which is no reason to answer nothing. */
const PROTOCOL = [
  '--extcap-interfaces',
  '--extcap-version <version>',
  '--extcap-interface <interface>',
  '--extcap-dlts',
  '--extcap-config',
  '--extcap-capture-filter <filter>',
  '--capture',
  '--fifo <file>',
  '--snaplen <bytes>',
  '--direction <direction>',
];

export const define: Define = (command, perform) => {
  command
    .option('--install', "put nsdiag into Wireshark's folder of extcaps")
    .option('--uninstall', 'take it out again')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag extcap --install', 'once'],
        ['sudo -E wireshark', 'every namespace is in its list'],
        ['sudo tshark -i ns1:veth0', 'the same in a terminal'],
      ]),
    )
    .addHelpText(
      'after',
      `
As root it is there for all users. Wireshark 4.2 and newer have a folder for
each user as well. To enter a namespace takes root: run by anybody else,
Wireshark lists why it cannot.`,
    )
    .action((options: ExtcapOptions) =>
      perform(async (io) => {
        if (options.install !== true && options.uninstall !== true) return answer(io, options);
        if (options.install === true && options.uninstall === true) {
          throw new Failure('usage', 'Cannot install and uninstall at once');
        }
        const folder = chosenFolder(await askFolders(), process.geteuid?.() === 0);
        if (options.install === true) {
          io.stdout.write(`Wrote ${install(folder, ownCommand())}\n`);
          io.stderr.write('nsdiag: Wireshark lists every namespace when it is started as root: sudo -E wireshark\n');
        } else {
          const gone = uninstall(folder);
          io.stdout.write(gone === undefined ? `There is none in ${folder}\n` : `Removed ${gone}\n`);
        }
        return 0;
      }),
    );
  for (const flags of PROTOCOL) command.addOption(new Option(flags).hideHelp());
};
