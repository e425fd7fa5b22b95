/**
 * A name to addresses, as the namespace's own resolver does it: getent, run where programs of the namespace run, with
 * their hosts file, their resolv.conf and their nsswitch.conf.
 *
 * That sends queries to the name servers that are named there, and to nobody else. It waits for two tries of a second
 * a server where the resolver's own default is five.
 *
 * Source: getent(1), resolv.conf(5) on RES_OPTIONS, ip-netns(8).
 *
 * @module
 */

import type { NameServerReply, Resolver } from '../../diagnosis/name-lookup.ts';
import type { Netns, NetnsEntry } from '../../host/host.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import { unreachable } from '../../net/unreachable.ts';
import { type Argv, type RunResult, run } from '../../system/run.ts';
import { askNameServers } from './ask-name-servers.ts';
import { readEtcFile } from './etc-files.ts';
import { nameServersIn } from './resolv-conf.ts';

/** What the resolver says. */
export type NameAnswer =
  | {
      readonly kind: 'addresses';
      /** In the order in which a program tries them; at least one. */
      readonly addresses: readonly Address[];
      readonly command: Argv;
    }
  | {
      readonly kind: 'nothing';
      readonly command: Argv;
      readonly said: string;
      readonly resolver: Resolver;
      /** Of each of its servers. */
      readonly replies: readonly NameServerReply[];
    }
  /** It could not be asked at all. */
  | { readonly kind: 'not-asked'; readonly why: string };

const PATIENCE = 'RES_OPTIONS=timeout:1 attempts:2';
/** Three servers, two tries each, and once more with a search domain. */
const TIMEOUT_MS = 12_000;
/** Of getent: the key was not found. */
const NOT_FOUND = 2;

/** Ask. */
export async function resolveName(netns: Netns, name: string, signal: AbortSignal): Promise<NameAnswer> {
  // Whatever the name begins with, it is no option.
  const ask: Argv = ['getent', 'ahosts', '--', name];
  const command = argvWithEtc(netns.entry, ask);
  const options = { timeoutMs: TIMEOUT_MS, signal };
  const result = await run(argvWithEtc(netns.entry, ['env', PATIENCE, ...ask]), options);
  signal.throwIfAborted();
  const addresses = addressesIn(result.stdout);
  if (result.exitCode === 0 && addresses.length > 0) return { kind: 'addresses', addresses, command };
  if (!result.timedOut && result.exitCode !== NOT_FOUND && result.exitCode !== 0) {
    return { kind: 'not-asked', why: whyNot(result) };
  }
  const { path, isOwn, text } = readEtcFile(netns, 'resolv.conf');
  const said = result.timedOut ? `no answer within ${TIMEOUT_MS / 1000} s` : 'no address was found';
  const resolver = { file: path, isOwn, ...nameServersIn(text) };
  const replies = await askNameServers(netns, name, resolver.servers, signal);
  signal.throwIfAborted();
  return { kind: 'nothing', command, said, resolver, replies };
}

/** With the files of /etc that programs of the namespace have, and not with its network alone. */
function argvWithEtc(entry: NetnsEntry, argv: Argv): Argv {
  switch (entry.kind) {
    case 'here':
      return argv;
    case 'named':
      return ['ip', 'netns', 'exec', entry.name, ...argv];
    case 'pid':
      return ['nsenter', '-t', String(entry.pid), '-n', '-m', '--', ...argv];
    case 'path':
      return ['nsenter', `--net=${entry.path}`, '--', ...argv];
    default:
      return unreachable(entry);
  }
}

/** The first word of each line; getent prints each address once a socket type. */
function addressesIn(text: string): readonly Address[] {
  const words = text.split('\n').map((line) => line.split(/\s/, 1)[0] ?? '');
  return [...new Set(words.flatMap((word) => parseAddress(word) ?? []))];
}

function whyNot({ argv, missing, stderr, exitCode }: RunResult): string {
  if (missing) return `${argv[0]} is not installed`;
  return stderr.trim().split('\n').at(-1) || `getent ended with ${exitCode ?? 'a signal'}`;
}
