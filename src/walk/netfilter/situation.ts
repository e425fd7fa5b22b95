/**
 * What the rules of one chain see: the packet, its devices, its connection.
 *
 * @module
 */

import type { DeviceName } from '../../host/link.ts';
import type { CtState } from '../../host/ruleset.ts';
import type { Packet } from '../../journey/packet.ts';
import type { Address, Family } from '../../net/address.ts';
import type { Tracked } from './connection.ts';
import type { HookPass } from './contract.ts';

export interface Situation {
  readonly packet: Packet;
  readonly family: Family;
  /** A hook without such a device shows the empty name to the rules, not none: `iifname != "eth0"` holds in OUTPUT. */
  readonly inDevice: DeviceName | undefined;
  readonly outDevice: DeviceName | undefined;
  readonly inPort: PortName;
  readonly outPort: PortName;
  /** `unknown` where bridges track connections themselves, which we do not model. */
  readonly state: CtState | 'unknown';
  readonly tracked: Tracked | undefined;
  readonly addressType: (address: Address, on?: DeviceName) => string | undefined;
  readonly routeTo: HookPass['routeTo'];
  /** Whether a process of this namespace made the packet: only then somebody owns it. */
  readonly sender: 'process' | 'nobody';
  readonly isPrerouting: boolean;
}

/**
 * A bridge port as br_netfilter remembers it; `undefined`: there is none. Unknown: whether there is one, or only which.
 */
export type PortName = DeviceName | undefined | { readonly unknown: 'whether' | 'which' };
