/**
 * `tcpdump -i any` on a router, with the header that does not say the device: what passes is no repetition, and what is
 * sent again is one.
 */

import { ROUTED } from '../helpers/routed.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

const DROPS =
  'table ip t { chain c { type filter hook forward priority 0; tcp dport 5001 numgen inc mod 10 9 drop; }; }';
/** What comes again within 3 ms is out of order, as Wireshark has it. */
const REPEATED: readonly string[] = ['retransmission', 'fast-retransmission', 'out-of-order'];
const NOTHING: readonly string[] = [];
const SERVER = 'require("node:net").createServer((s) => s.resume().on("end", () => s.end())).listen(5001)';
const CLIENT = 'const s = require("node:net").connect(5001, "10.0.2.1"); s.end(Buffer.alloc(2_000_000)); s.resume()';

liveTest.for([
  { name: 'nothing where a router passes everything on', drops: '', codes: NOTHING },
  { name: 'repetitions where it drops', drops: DROPS, codes: REPEATED },
])('nsdiag analyze finds $name, in LINUX_SLL', async ({ drops, codes }, { expect }) => {
  await inWorld(async (world) => {
    await world.sh(ROUTED);
    const answers = async () =>
      (await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-c', '1', '-W', '1', '10.0.2.1'])).exitCode === 0;
    await until(answers, 'an answer through the router');
    if (drops !== '') await world.sh(`printf '${drops}\n' | ip netns exec r nft -f -`);
    world.start(['ip', 'netns', 'exec', 'b', process.execPath, '-e', SERVER]);
    await until(async () => /:5001/.test(await world.sh('ip netns exec b ss -lnt')), 'a listener');
    const how = ['-y', 'LINUX_SLL', '-s', '128', '-U', '--immediate-mode', '-Z', 'root', '-w', '/run/t.pcap'];
    const tcpdump = world.start(['ip', 'netns', 'exec', 'r', 'tcpdump', '-i', 'any', ...how, 'tcp']);
    await tcpdump.said(/listening on/);
    await world.sh(`ip netns exec a '${process.execPath}' -e '${CLIENT}'`);
    tcpdump.signal('SIGINT');
    await tcpdump.exited;

    const { stdout } = await world.nsdiag(['analyze', '--json', '/run/t.pcap']);
    const { findings } = JSON.parse(stdout) as { findings: readonly { code: string; severity: string }[] };
    // Few repetitions are a note.
    const found = findings.filter(({ severity }) => codes.length > 0 || severity !== 'note').map(({ code }) => code);
    if (codes.length === 0) expect(found, stdout).toEqual([]);
    else
      expect(
        found.some((code) => codes.includes(code)),
        stdout,
      ).toBe(true);
  });
});
