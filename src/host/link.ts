/**
 * Network devices ("links" in rtnetlink's word) and the addresses on them.
 *
 * `kind` is rtnetlink's IFLA_INFO_KIND; what we do not model arrives as `other`, with that word, and walking into it is
 * undecided. Source: ip-link(8), ip-address(8), bridge(8); include/uapi/linux/if_link.h.
 *
 * @module
 */

import type { Address, Family } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Port } from '../net/port.ts';
import type { Interceptor } from './interceptor.ts';

/** A device name: any bytes without `/`, `:` or white space, at most 15 (dev_valid_name()). Never trust it as text. */
export type DeviceName = string & { readonly __brand: 'DeviceName' };

/** How a namespace is named: `ns1`, `host`, `pid:1234`. */
export type NetnsName = string & { readonly __brand: 'NetnsName' };

/** One device, for good: names repeat between namespaces. */
export interface DeviceRef {
  readonly netns: NetnsName;
  readonly device: DeviceName;
}

/** An address on a device. */
export interface InterfaceAddress {
  readonly family: Family;
  readonly address: Address;
  readonly prefixLength: number;
  /** The far end of a point-to-point address, which is what then is on-link. */
  readonly peer?: Address;
  readonly scope: 'global' | 'link' | 'host' | 'site' | 'other';
  /** IFA_F_*: `tentative`, `dadfailed`, `deprecated`, `secondary`, `noprefixroute`, `permanent`, `nodad` ... */
  readonly flags: readonly string[];
}

/** Where the other end of a veth is. `unseen`: its namespace could not be found; the numbers are the kernel's. */
export type VethPeer =
  | ({ readonly kind: 'found' } & DeviceRef)
  | { readonly kind: 'unseen'; readonly ifindex: number; readonly nsid: number | undefined };

/** The device that another one stands on. The same numbers and the same limits as for the other end of a veth. */
export type LowerDevice = VethPeer;

/** BR_STATE_* of a bridge port. */
export type PortState = 'disabled' | 'blocking' | 'listening' | 'learning' | 'forwarding';

/** What a device is as a port of a bridge (IFLA_BRPORT_*). */
export interface BridgePort {
  readonly state: PortState;
  readonly isolated: boolean;
  readonly hairpin: boolean;
  readonly learning: boolean;
  /** Unknown unicast is sent out here. */
  readonly flood: boolean;
  readonly broadcastFlood: boolean;
  readonly multicastFlood: boolean;
}

/** One VLAN that a bridge port, or the bridge itself, lets through (`bridge vlan show`). */
export interface BridgeVlan {
  readonly device: DeviceName;
  readonly vid: number;
  /** Frames that come in without a tag are of this VLAN. */
  readonly pvid: boolean;
  /** Frames of this VLAN go out without a tag. */
  readonly untagged: boolean;
}

/** What only devices of one kind have. */
export type LinkDetail =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'veth'; readonly peer: VethPeer }
  | {
      readonly kind: 'bridge';
      readonly stp: boolean;
      readonly vlanFiltering: boolean;
      /** Per bridge; counts besides the namespace's net.bridge.bridge-nf-call-*. */
      readonly nfCallIptables: boolean;
      readonly nfCallIp6tables: boolean;
    }
  | {
      readonly kind: 'vxlan';
      readonly vni: number;
      readonly dstPort: Port;
      /** Where unknown and broadcast frames go when the FDB has no all-zero entry; `undefined`: nowhere. */
      readonly remote: Address | undefined;
      readonly local: Address | undefined;
      /** The underlay device, when bound to one. It is in the namespace in which the vxlan was made. */
      readonly link: DeviceName | undefined;
      /** That namespace, when the vxlan has left it since: its outer packets still travel there. */
      readonly underlay?: NetnsName;
      readonly learning: boolean;
      /** Of the wrapping; `undefined`: Linux's default, or that of the packet within. */
      readonly ttl?: number;
      /** Fixed by `external`: the tunnel's numbers come from routes or tc, which we do not model. */
      readonly external: boolean;
    }
  | {
      readonly kind: 'macvlan';
      readonly lower: LowerDevice;
      /** Who of one parent's macvlans may talk to whom. */
      readonly mode: 'private' | 'vepa' | 'bridge' | 'passthru' | 'source';
    }
  /** 802.1Q: it tags what it sends with `id`, and takes what comes in so tagged. */
  | { readonly kind: 'vlan'; readonly lower: LowerDevice; readonly id: number }
  | { readonly kind: 'dummy' }
  /** A device without IFLA_INFO_KIND: hardware, or what the hypervisor gives. */
  | { readonly kind: 'physical' }
  | { readonly kind: 'other'; readonly infoKind: string };

/** A network device as it is now. */
export interface Link {
  readonly ifindex: number;
  readonly name: DeviceName;
  /** IFF_UP: what `ip link set up` sets. */
  readonly up: boolean;
  /** IFF_LOWER_UP: the kernel sees the other end. */
  readonly carrier: boolean;
  /** IFF_NOARP. */
  readonly noArp: boolean;
  readonly mtu: number;
  /** `undefined`: the device has no Ethernet address (tun, ipip ...). */
  readonly mac: Mac | undefined;
  /** The bridge, bond or VRF that it is enslaved to. */
  readonly master: DeviceName | undefined;
  /** Present exactly when the master is a bridge. */
  readonly port: BridgePort | undefined;
  readonly addresses: readonly InterfaceAddress[];
  readonly detail: LinkDetail;
  /**
   * What `ethtool -k` says of tx-checksumming; `fixed`: on, and not to be changed. Absent: not asked, which is done only
   * for a loss that it may explain.
   */
  readonly txChecksumming?: 'on' | 'fixed' | 'off';
  /** What takes frames on it besides netfilter; absent: nothing does. */
  readonly interceptors?: readonly Interceptor[];
  /** Settings by which it drops or answers frames itself: named, and not modelled. */
  readonly unmodelled: readonly string[];
}
