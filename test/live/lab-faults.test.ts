/**
 * Every shipped lab in the kernel: healthy it answers as it says, each fault really breaks the question that shows it,
 * and `lab down` leaves nothing.
 */

import { readdirSync } from 'node:fs';
import { takeDown } from '../../src/lab/down.ts';
import { findLab, shippedLabs } from '../../src/lab/find.ts';
import { answers } from '../helpers/lab-judge.ts';
import { breakLab, buildLab, inWorld, liveTest, type World } from '../helpers/world.ts';

const LABS = shippedLabs().map((name) => findLab(name).lab);

/** All that a lab may leave on a machine. */
async function traces(world: World): Promise<string> {
  const listing = await world.sh(`
    ip netns list
    ip -o link | sed 's/ link.*//; s/state .*//'
    ip addr | grep -w inet || :
    ip route show table all | grep -v '^\\(local\\|broadcast\\|multicast\\|ff00\\|fe80\\)' || :
    ip rule
    sysctl -a -r '^net.(ipv4.ip_forward|ipv4.conf.all|ipv4.icmp|bridge)' 2>/dev/null
    iptables-save | grep -v '^#' | grep -- -A || :
    nft list tables | grep -v 'ip nat\\|ip filter' || :
    cat /proc/[0-9]*/comm | grep -x node || :
  `);
  return `${listing}\n${readdirSync(`${world.root}/run/nsdiag/labs`).join('\n')}`;
}

liveTest.concurrent.for(LABS)('lab $name comes up healthy, and down to nothing', async (lab, { expect }) => {
  await inWorld(async (world) => {
    await world.sh('mkdir -p /run/nsdiag/labs; iptables -t nat -L >/dev/null; iptables -L >/dev/null');
    const before = await traces(world);
    await buildLab(world, lab.name);
    expect(await traces(world)).not.toBe(before);
    expect(lab.questions.length).toBeGreaterThan(1);
    for (const { reachable, ...question } of lab.questions) {
      expect({ ...question, reachable: await answers(world, question) }).toEqual({ ...question, reachable });
    }
    await takeDown(world, lab.name, () => {});
    expect(await traces(world)).toBe(before);
  });
});

const FAULTS = LABS.flatMap((lab) =>
  lab.faults.map((fault) => ({ lab: lab.name, fault: fault.name, question: fault.question })),
);

liveTest.concurrent.for(FAULTS)(
  'lab $lab answers, and with the fault $fault it does not',
  async ({ lab, fault, question }, { expect }) => {
    await inWorld(async (world) => {
      await world.sh('mkdir -p /run/nsdiag/labs; iptables -t nat -L >/dev/null; iptables -L >/dev/null');
      const before = await traces(world);
      await buildLab(world, lab);
      expect(await answers(world, question)).toBe(true);
      await breakLab(world, lab, fault);
      expect(await answers(world, question)).toBe(false);
      await takeDown(world, lab, () => {});
      expect(await traces(world)).toBe(before);
    });
  },
);
