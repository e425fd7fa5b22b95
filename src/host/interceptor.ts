/**
 * What takes frames on a device besides netfilter: a queueing discipline, a tc filter, an XDP program.
 *
 * tcpdump sees a frame behind what stands at egress, behind XDP, and ahead of tc at ingress. What a program does, and
 * what most filters do, is not modelled: those take frames that nobody can tell.
 *
 * Source: net/core/dev.c __dev_queue_xmit(), __netif_receive_skb_core(); drivers/net/veth.c veth_xdp_rcv().
 * Seen in test/live/kernel-tc.test.ts.
 *
 * @module
 */

/** Narrow on `kind`: how it is taken off the device. */
export type InterceptorSort =
  | { readonly kind: 'qdisc' }
  | {
      readonly kind: 'filter';
      readonly hook: 'egress' | 'ingress' | 'root';
      /** Of one filter; `undefined`: of all there. */
      readonly one: { readonly pref: number; readonly protocol: string } | undefined;
    }
  | { readonly kind: 'xdp'; readonly mode: 'xdpdrv' | 'xdpgeneric' | 'xdpoffload' };

/** Which frames it takes. `longer`: those of more bytes, Ethernet header and all. */
export type Takes =
  | { readonly kind: 'all' }
  | { readonly kind: 'longer'; readonly thanBytes: number }
  | { readonly kind: 'unknown' };

export interface Interceptor {
  readonly side: 'egress' | 'ingress';
  readonly sort: InterceptorSort;
  readonly takes: Takes;
  /** What it is called, and where: `qdisc tbf`, `tc filter on egress`, `XDP program drop_all`. */
  readonly name: string;
  /** The line that shows it. */
  readonly line: string;
}
