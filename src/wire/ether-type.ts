/**
 * EtherTypes: which protocol a frame carries.
 *
 * Source: IEEE 802 numbers (IANA); include/uapi/linux/if_ether.h.
 *
 * @module
 */

export const ETHER_TYPE = {
  ipv4: 0x0800,
  arp: 0x0806,
  /** An Ethernet frame within GRE or Geneve. */
  transparentBridging: 0x6558,
  /** 802.1Q: the customer's tag. */
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  /** 802.1ad: the provider's tag around it. */
  providerVlan: 0x88a8,
} as const;
