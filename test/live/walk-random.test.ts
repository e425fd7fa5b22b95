/**
 * The walk against the kernel on random networks: the same verdict as ping, and every sighting of tcpdump, in order.
 *
 * `NSDIAG_SEED=5 NSDIAG_COUNT=200 npm run vitest -- test/live/walk-random` tries others.
 */

import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { RANDOM_NETWORK, type RandomCase, randomCases } from '../helpers/random-changes.ts';
import { foreseen, Watch } from '../helpers/sightings.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const SEED = Number(process.env['NSDIAG_SEED'] ?? 1);
const COUNT = Number(process.env['NSDIAG_COUNT'] ?? 6);

/** A device that went up tells the kernel's routing and its bridge after up to a second (linkwatch). */
const SETTLING_MS = 1200;

for (const [index, random] of randomCases(SEED, COUNT).entries()) {
  liveTest(`walkRoundTrip() foresees the fate of random network ${SEED}/${index}: ${textOf(random)}`, async () => {
    await inWorld((world) => hold(world, random));
  });
}

function textOf({ changes, from, to }: RandomCase): string {
  return `${from} to ${to} after ${changes.join('; ').replace(/\s+/g, ' ')}`;
}

async function hold(world: World, { changes, from, to, source }: RandomCase): Promise<void> {
  await world.sh(`${WORDS}${RANDOM_NETWORK}`);
  for (const change of changes) await world.run(['sh', '-uc', `${WORDS}\n${change}`]);
  await setTimeout(SETTLING_MS);
  const bound = source !== undefined && source.includes(':') === to.includes(':') ? source : undefined;
  const trip = walkRoundTrip(await collectIn(world), ask(from, to, bound === undefined ? {} : { from: bound }));
  const watch = await Watch.begin(world);
  const words = ['-n', '-c3', '-i0.4', '-W1', ...(bound === undefined ? [] : ['-I', bound]), to];
  const ping = await world.run(['ip', 'netns', 'exec', from, 'ping', ...words]);
  const answered = /, [1-3] received/.test(ping.stdout);
  // The first packets may go by entries that the kernel is about to give up.
  const seen = await watch.end(3);
  const { fate } = trip.reply ?? trip.request;
  const told = foreseen(trip);
  // A packet in a circle is shown once round.
  const isCircle = fate.kind === 'dropped' && fate.reason.kind === 'ttl-exceeded';
  const compared = isCircle ? seen.slice(0, told.length) : seen;
  expect({ fate, answered: isRoundTripDelivered(trip), seen: told }).toEqual({ fate, answered, seen: compared });
}
