/**
 * The kernel as a witness: `ip route get` at every routing decision of the predicted round trip, asked with what the
 * walk asked. Nothing is sent, and nothing changes.
 *
 * Limits. An IPv4 address of the namespace itself is answered with table 254 as long as nobody ever added a policy rule:
 * the kernel keeps the tables local and main in one until then (fib_unmerge()). And the kernel checks an incoming
 * packet's source at the same time, so an answer may be rp_filter's: "Invalid cross-device link".
 *
 * @module
 */

import { decodeBytes } from '../collect/decode.ts';
import { ipIn } from '../host/commands-enter.ts';
import { findNetns, type Host, linksOf, type Netns } from '../host/host.ts';
import type { DeviceName } from '../host/link.ts';
import type { Journey, Leg, RoundTrip } from '../journey/journey.ts';
import type { RouteWitness } from '../journey/observation.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import type { RouteLookup } from '../journey/step.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { type Argv, run } from '../system/run.ts';
import { readRouteGets } from './route-get-output.ts';

/** A question to the kernel of one namespace. */
interface Asked {
  readonly netns: Netns;
  readonly leg: Leg;
  readonly lookup: RouteLookup;
  /** The arguments of `ip`. */
  readonly words: readonly string[];
}

/**
 * Ask the kernel for every route that the walk looked up, the failing one included.
 *
 * @returns In the order of the path. Where `ip` could not be asked (not installed, no permission, the namespace has
 * gone), there is no witness.
 */
export async function askRoutes(
  host: Host,
  trip: RoundTrip,
  signal: AbortSignal | undefined,
): Promise<readonly RouteWitness[]> {
  const asked = [trip.request, ...(trip.reply === undefined ? [] : [trip.reply])].flatMap((journey) =>
    questionsOf(host, journey),
  );
  const byNetns = new Map<Netns, Asked[]>();
  for (const one of asked) byNetns.set(one.netns, [...(byNetns.get(one.netns) ?? []), one]);
  const answers = new Map<Asked, RouteWitness['answer'] | undefined>();
  await Promise.all(
    [...byNetns].map(async ([netns, questions]) => {
      const given = await askNetns(netns, questions, signal);
      questions.forEach((question, index) => void answers.set(question, given[index]));
    }),
  );
  return asked.flatMap((one) => {
    const answer = answers.get(one);
    const { netns, leg, lookup, words } = one;
    return answer === undefined ? [] : [{ netns: netns.name, leg, lookup, command: ipIn(netns, words), answer }];
  });
}

function questionsOf(host: Host, { leg, steps, fate }: Journey): readonly Asked[] {
  const asked: Asked[] = [];
  let packet: Packet | undefined;
  const ask = (name: string, lookup: RouteLookup) => {
    const netns = findNetns(host, name);
    if (netns !== undefined) asked.push({ netns, leg, lookup, words: routeGet(netns, lookup, packet) });
  };
  for (const step of steps) {
    if (step.stage === 'route') ask(step.netns, step.lookup);
    else if (step.stage === 'nat') packet = step.after;
    else if (step.stage === 'encapsulate') packet = step.outer ?? packet;
    else if ('packet' in step) packet = step.packet;
  }
  if (fate.kind === 'dropped' && 'lookup' in fate.reason) ask(fate.netns, fate.reason.lookup);
  return asked;
}

function routeGet(netns: Netns, lookup: RouteLookup, packet: Packet | undefined): readonly string[] {
  const { destination, source, inDevice, mark } = lookup;
  return [
    'route',
    'get',
    destination,
    ...(source === undefined ? [] : ['from', source]),
    ...(inDevice === undefined ? [] : ['iif', inDevice]),
    ...(mark === 0 ? [] : ['mark', `0x${mark.toString(16)}`]),
    ...(packet !== undefined && hasTransportRules(netns) ? transportWords(packet) : []),
  ];
}

/** Protocol and ports decide only where a rule asks for them; elsewhere the command stays short. */
function hasTransportRules({ rules }: Netns): boolean {
  if (!rules.known) return true;
  return rules.value.some(
    ({ protocol, sourcePorts, destPorts }) =>
      protocol !== undefined || sourcePorts !== undefined || destPorts !== undefined,
  );
}

function transportWords(packet: Packet): readonly string[] {
  const { transport } = packet;
  if (transport.protocol === 'icmp') return ['ipproto', packetFamily(packet) === 'inet' ? 'icmp' : 'ipv6-icmp'];
  const { protocol, sourcePort, destPort } = transport;
  return ['ipproto', protocol, 'sport', String(sourcePort), 'dport', String(destPort)];
}

/** A failing line does not end the batch, and its error names its number. */
const BATCH: Argv = ['ip', '-details', '-Numeric', '-json', '-force', '-batch', '-'];

/** One process for all questions to a namespace. */
async function askNetns(
  netns: Netns,
  questions: readonly Asked[],
  signal: AbortSignal | undefined,
): Promise<readonly (RouteWitness['answer'] | undefined)[]> {
  const lines = questions.map(({ words, lookup }) =>
    words.map((word) => (word === lookup.inDevice ? batchDevice(netns, lookup.inDevice) : word)).join(' '),
  );
  const { stdout, stderr } = await run(argvInNetns(netns.entry, BATCH), {
    input: `${lines.join('\n')}\n`,
    encoding: 'latin1',
    ...(signal === undefined ? {} : { signal }),
  });
  return readRouteGets(lines.length, decodeBytes(stdout), decodeBytes(stderr));
}

/**
 * A batch is split at white space and quotes, and `#` begins a comment (makeargs(), getcmdline()); and what is no UTF-8
 * cannot be written to it. A device whose name holds such goes by its number, which iproute2 takes as `if7`.
 */
function batchDevice(netns: Netns, device: DeviceName): string {
  if (!/[\s"'#\\]|\p{Surrogate}/u.test(device)) return device;
  const ifindex = linksOf(netns).find(({ name }) => name === device)?.ifindex;
  return ifindex === undefined ? device : `if${ifindex}`;
}
