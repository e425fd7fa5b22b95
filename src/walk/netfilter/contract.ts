/**
 * What the walk hands to netfilter at a hook, and what it gets back.
 *
 * @module
 */

import type { Netns } from '../../host/host.ts';
import type { DeviceName, NetnsName } from '../../host/link.ts';
import type { Hook } from '../../host/ruleset.ts';
import type { Fate, Leg, Step } from '../../journey/journey.ts';
import type { Packet } from '../../journey/packet.ts';
import type { Address } from '../../net/address.ts';

/** A connection that conntrack of one namespace has entered during this round trip. */
export interface Connection {
  readonly netns: NetnsName;
  /** The first packet as it came into the namespace, before any translation. */
  readonly original: Packet;
  /** The same packet as it left conntrack: what the answer will be matched against, reversed. */
  readonly translated: Packet;
  readonly mark: number;
  /** No longer `new`: an answer was seen. */
  readonly answered: boolean;
}

/** All connections of the round trip, of all namespaces. A value: passing a hook answers a new one. */
export type Conntrack = readonly Connection[];

/** One passage of a hook. */
export interface HookPass {
  readonly netns: Netns;
  readonly hook: Hook;
  readonly leg: Leg;
  readonly packet: Packet;
  readonly inDevice: DeviceName | undefined;
  readonly outDevice: DeviceName | undefined;
  /** A bridged frame: its bridge and ports; the bridge family's hooks, and the IP ones when br_netfilter calls them. */
  readonly bridged:
    | { readonly bridge: DeviceName; readonly inPort: DeviceName | undefined; readonly outPort: DeviceName | undefined }
    | undefined;
  readonly conntrack: Conntrack;
  /** RTN_* type of the address by this namespace's routing tables; `undefined` when it cannot be told. */
  readonly addressType: (address: Address) => string | undefined;
  /** The address that masquerading on the device takes; `undefined` when there is none. */
  readonly masqueradeAddress: (device: DeviceName, destination: Address) => Address | undefined;
}

/** How the passage went. With a fate the journey ends here; `packet` is what goes on, perhaps translated. */
export interface HookResult {
  readonly packet: Packet;
  readonly conntrack: Conntrack;
  readonly steps: readonly Step[];
  readonly fate: Fate | undefined;
}
