/**
 * The kernel is the judge: a network is built in a private world, changed step by step, and after each step the kernel
 * says whether an answer comes back. The model is asked the same about the same network, collected from the machine.
 *
 *     await judge(NETWORK, [
 *       { claim: 'forwards', change: 'sysctl r net.ipv4.ip_forward=1', from: 'a', to: '10.0.2.1', answered: true },
 *     ]);
 *
 * Networks are written in shell, with the words of `WORDS`.
 *
 * @module
 */

import { expect } from 'vitest';
import { isRoundTripDelivered, type RoundTrip } from '../../src/journey/journey.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from './ask.ts';
import { collectIn } from './collect-world.ts';
import { inWorld, type World } from './world.ts';

/** Shell functions that networks are written with. New namespaces start from settings that the machine does not decide. */
export const WORDS = `
  namespaces() { # NAME...: each with lo up, nothing forwarded, nothing filtered, no duplicate detection
    for name; do
      ip netns add "$name"
      sysctl_ "$name" net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \\
        net.ipv6.conf.all.forwarding=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.router_solicitations=0 \\
        net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
      ip -n "$name" link set dev lo up
    done
  }
  sysctl_() { # NAME KEY=VALUE...
    in_=$1; shift; ip netns exec "$in_" sysctl -qw "$@"
  }
  wire() { # NAME DEVICE NAME DEVICE: a veth pair, both ends up
    ip link add dev "$2" netns "$1" type veth peer name "$4" netns "$3"
    ip -n "$1" link set dev "$2" up
    ip -n "$3" link set dev "$4" up
  }
  address() { # NAME DEVICE ADDRESS/LENGTH...
    in_=$1 on_=$2; shift 2
    for each; do
      case $each in *:*) ip -n "$in_" addr add "$each" dev "$on_" nodad ;; *) ip -n "$in_" addr add "$each" dev "$on_" ;; esac
    done
  }
  bridge_() { # NAME BRIDGE PORT...
    in_=$1 br_=$2; shift 2
    ip -n "$in_" link add name "$br_" type bridge
    ip -n "$in_" link set dev "$br_" up
    for each; do ip -n "$in_" link set dev "$each" master "$br_"; done
  }
  forget() { # NAME...: all that the namespaces have learned of their neighbours
    for name; do ip -n "$name" neigh flush all 2>/dev/null || :; done
  }
`;

/** One change, and what the kernel then answers; the model has to say the same. */
export interface Trial {
  readonly claim: string;
  /** Shell, with WORDS; nothing when absent. */
  readonly change?: string;
  readonly from: string;
  readonly to: string;
  readonly source?: string;
  /** Sent with DF. */
  readonly payloadBytes?: number;
  /** More words for ping, of what a question cannot say: the model is not asked then. */
  readonly ping?: readonly string[];
  readonly answered: boolean;
}

/** Build the network, then hold the kernel, and the model to the kernel, to every trial, in order. */
export async function judge(network: string, trials: readonly Trial[]): Promise<void> {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${network}`);
    for (const trial of trials) {
      if (trial.change !== undefined) await world.sh(`${WORDS}\n${trial.change}`);
      const { claim, answered: expected } = trial;
      // Collected first: what the ping teaches the neighbours is for the model to foresee.
      const predicted = trial.ping === undefined ? await predict(world, trial) : undefined;
      const answered = await isAnswered(world, trial);
      expect({ claim, answered }).toEqual({ claim, answered: expected });
      if (predicted === undefined) continue;
      const { request, reply } = predicted;
      const verdict = isRoundTripDelivered(predicted) ? true : isUndecided(predicted) ? 'undecided' : false;
      const fates = [request.fate, reply?.fate];
      expect({ claim, model: verdict, fates }).toEqual({ claim, model: expected, fates });
    }
  });
}

/** Whether a ping is answered. An expected answer is waited for, an expected silence is believed sooner. */
async function isAnswered(world: World, trial: Trial): Promise<boolean> {
  const { from, to, source, payloadBytes, ping = [], answered } = trial;
  const words = [
    ...(answered ? ['-c1', '-W1'] : ['-c2', '-i0.1', '-W0.4']),
    ...(source === undefined ? [] : ['-I', source]),
    ...(payloadBytes === undefined ? [] : ['-M', 'do', '-s', String(payloadBytes)]),
    ...ping,
  ];
  for (let attempt = 1; attempt <= (answered ? ATTEMPTS : 1); attempt++) {
    const result = await world.run(['ip', 'netns', 'exec', from, 'ping', '-n', ...words, to]);
    if (/, [12] received/.test(result.stdout)) return true;
  }
  return false;
}

/** The first packet may be lost to a neighbour entry that is still pending, or to a machine that is busy. */
const ATTEMPTS = 3;

async function predict(world: World, { from, to, source, payloadBytes }: Trial): Promise<RoundTrip> {
  const options = {
    ...(source === undefined ? {} : { from: source }),
    ...(payloadBytes === undefined ? {} : { payloadBytes, dontFragment: true as const }),
  };
  return walkRoundTrip(await collectIn(world), ask(from, to, options));
}

function isUndecided({ request, reply }: RoundTrip): boolean {
  return (reply ?? request).fate.kind === 'undecided';
}
