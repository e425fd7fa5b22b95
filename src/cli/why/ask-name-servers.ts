/**
 * Each name server asked for a name by itself: getent says only that no address was found, and not who said what.
 *
 * It is Node's own resolver (c-ares), run in the network of the namespace: one try a server, over UDP and, where the
 * answer is cut off, over TCP. Search domains are not tried: the name is asked for as it was given.
 *
 * Source: RFC 1035 section 4.1.1, RFC 2308 section 2.2 (an answer without records), Node's dns.Resolver.
 *
 * @module
 */

import * as v from 'valibot';
import type { NameServerReply } from '../../diagnosis/name-lookup.ts';
import { inNetns } from '../../host/commands-enter.ts';
import type { Netns } from '../../host/host.ts';
import type { Address } from '../../net/address.ts';
import { argvInNetns } from '../../system/enter-netns.ts';
import { run } from '../../system/run.ts';

/** As long as the resolver is given for one try. */
const TRY_MS = 1000;
/** Node itself takes its time on a loaded machine. */
const TIMEOUT_MS = 10_000;

const outputSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ server: v.string(), addresses: v.array(v.string()), codes: v.array(v.string()) })),
);

/** CommonJS, because that is what `--eval` takes; Node offers its own modules as globals there. */
const PROGRAM = `
const { name, servers, timeout } = JSON.parse(process.argv[1]);
async function ask(server) {
  const resolver = new dns.promises.Resolver({ timeout, tries: 1 });
  resolver.setServers([server]);
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return {
    server,
    addresses: answers.flatMap(({ value }) => value ?? []),
    codes: answers.flatMap(({ reason }) => reason?.code ?? []),
  };
}
Promise.all(servers.map(ask)).then((answers) => console.log(JSON.stringify(answers)));
`;

/** @returns What each says, in their order; empty when they could not be asked. */
export async function askNameServers(
  netns: Pick<Netns, 'entry'>,
  name: string,
  servers: readonly Address[],
  signal: AbortSignal,
): Promise<readonly NameServerReply[]> {
  const task = JSON.stringify({ name, servers, timeout: TRY_MS });
  const argv = argvInNetns(netns.entry, [process.execPath, '--no-warnings', '--eval', PROGRAM, '--', task]);
  const { stdout } = await run(argv, { timeoutMs: TIMEOUT_MS, signal });
  const output = v.safeParse(outputSchema, stdout);
  if (!output.success) return [];
  return servers.flatMap((server) => {
    const answer = output.output.find((each) => each.server === server);
    if (answer === undefined) return [];
    const command = inNetns(netns, ['dig', `@${server}`, name]);
    return [{ server, command, said: answer.addresses.length > 0 ? 'address' : saidBy(answer.codes) }];
  });
}

/** The words of c-ares, by what they tell most about the name; of the two families one may have had no answer. */
const MEANINGS: readonly (readonly [code: string, said: NameServerReply['said']])[] = [
  ['ENOTFOUND', 'no-such-name'],
  ['ESERVFAIL', 'failure'],
  ['EREFUSED', 'refusal'],
  ['ECONNREFUSED', 'nobody-there'],
  ['ETIMEOUT', 'silence'],
  ['ENODATA', 'no-address'],
];

function saidBy(codes: readonly string[]): NameServerReply['said'] {
  return MEANINGS.find(([code]) => codes.includes(code))?.[1] ?? 'nonsense';
}
