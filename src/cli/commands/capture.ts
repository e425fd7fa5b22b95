/**
 * `nsdiag capture NS...`: the same packet followed across namespaces, live.
 *
 * @module
 */

import { captureErrorDocument } from '../../report/live-json.ts';
import { type CaptureOptions, parseRequest } from '../capture/request.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';

export const errorDocument: ErrorDocument = ({ message, hint }) => captureErrorDocument(message, hint);
export const isJsonLines = true;

export const define: Define = (command, perform) => {
  command
    .usage('[options] <netns[:device]>... [-- command...]')
    .argument('[place...]', 'where to listen: ns1, ns1:veth0, host, pid:NUMBER, a path; behind --, a command to run')
    .option('--between <netns...>', 'two places: every namespace on the way from one to the other and back')
    .option('--all', 'every namespace that is found')
    .option('--filter <expression>', 'only such packets, as tcpdump takes it (pcap-filter)')
    .option('-w, --write <file>', 'keep the packets of all places in one pcapng; - is standard output')
    .option('--split', 'with -w: one classic pcap a namespace as well')
    .option('--count <n>', 'end after so many packets, however many places saw each')
    .option('--duration <seconds>', 'end after so long')
    .option('--snaplen <bytes>', 'how much of each packet is kept (200: all headers)')
    .option('--json', 'one JSON document a line, a packet each, then a summary (schema nsdiag.capture/1)')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag capture ns1 ns2', 'which packets pass, and which get lost between the two?'],
        ['sudo nsdiag capture --between ns1 ns2 -- ping -c3 10.0.2.1', 'where do these three go?'],
        ['sudo nsdiag capture --all --filter icmp -w all.pcapng', 'everywhere, for Wireshark'],
        ['sudo nsdiag capture host:br0 ns1 --duration 10', 'one device of the host, and ns1, for 10 s'],
      ]),
    )
    .addHelpText(
      'after',
      `
With a command behind --, it runs in the first namespace, and the capture ends
with it. All devices of a namespace are listened at together, which leaves out
the destination MAC, in the file and for --filter.
Exit: 0 all packets arrived, or left for where nobody listens; 1 some were lost
or not answered; 2 could not capture; 3 nothing was seen, or too little to tell.`,
    )
    .action((named: readonly string[], options: CaptureOptions) =>
      perform(async (io, words) => {
        const dashes = words.indexOf('--');
        const program = dashes < 0 ? undefined : words.slice(dashes + 1);
        // Commander takes the command for namespaces as well: they are the last ones.
        const where = program === undefined ? named : named.slice(0, named.length - program.length);
        const request = parseRequest(where, program, options, io.terminal.stdoutIsTerminal);
        const { capture } = await import('../capture/capture.ts');
        return capture(io, request);
      }),
    );
};
