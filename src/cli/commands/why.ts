/**
 * `nsdiag why NS DST`: the main job.
 *
 * @module
 */

import { type Define, examples } from '../command.ts';
import { listed } from '../option-list.ts';
import { startReading } from '../why/reading.ts';
import { parseRequest, type WhyOptions } from '../why/request.ts';

export { errorDocument } from '../why/error-document.ts';

export const define: Define = (command, perform) => {
  command
    .argument('<netns>', 'who sends: a namespace (ns1), host (where nsdiag runs), pid:NUMBER, a path')
    .argument('<destination>', 'to whom: an address, a namespace, or a name as that namespace resolves it')
    .option('--proto <proto>', 'icmp, tcp or udp (icmp; with --port tcp)')
    .option('--port <number>', 'the destination port of tcp and udp')
    .option('--size <bytes>', 'how much it carries, as ping -s counts (56); then in one piece (DF), as ping -M do')
    .option('--from <address>', 'the source address; otherwise the kernel chooses')
    .option('--source-port <number>', 'the port (of icmp, the echo id) that the sender keeps to; otherwise a fresh one')
    .option('--no-probe', 'send nothing: model and kernel answer alone')
    .option('--no-trace', 'do not trace in the kernel what becomes of a packet that is lost')
    .option('--snapshot <file>', 'ask a snapshot, not this machine; again for more of that machine', listed)
    .option('--html <file>', 'write the answer as a page to attach to a ticket too; - for stdout, in place of the text')
    .option('--redact', 'tell it all in other addresses, MACs and names, to be shown to strangers')
    .option('--redact-key <word>', 'the same; with the same word, the same replacements as another time')
    .option('--fix', 'run the fix after a yes, and ask again')
    .option('--yes', 'with --fix: do not ask before')
    .option('--json', 'print one JSON document (schema nsdiag.why/1)')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag why ns1 10.0.2.1', 'why is there no answer?'],
        ['sudo nsdiag why host ns1 --port 80', 'may the host connect to ns1?'],
        ['sudo nsdiag why ns1 10.0.2.1 --size 1472', 'does a 1500-byte packet pass?'],
        ['sudo nsdiag why ns1 10.0.2.1 --fix', 'repair it, after a yes'],
        ['nsdiag why ns1 10.0.2.1 --snapshot FILE', 'on any machine, without root'],
        ['sudo nsdiag why ns1 10.0.2.1 --html why.html', 'one page to attach to a ticket'],
      ]),
    )
    .action((netns: string, destination: string, options: WhyOptions) =>
      perform(async (io) => {
        const request = parseRequest(netns, destination, options);
        const { snapshot } = options;
        // Reading the machine takes as long as loading what thinks about it: side by side.
        const reading = snapshot === undefined ? startReading(io.signal) : undefined;
        const { why } = await import('../why/why.ts');
        const ground = async () => {
          if (snapshot !== undefined) return (await import('../why/on-snapshot.ts')).onSnapshot(snapshot);
          return (await import('../why/on-machine.ts')).onMachine(options, io.signal, reading);
        };
        return why(io, ground, request);
      }),
    );
};
