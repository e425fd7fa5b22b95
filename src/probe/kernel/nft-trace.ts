/**
 * `nft monitor trace` in one namespace, with a table of our own that has nft tell of the probe's packets alone.
 *
 * One nft does both: it makes the table with `flags owner`, so that the kernel removes it with that process, kill -9
 * included, and then listens. The table's chains see every packet first, accept them all, and set one bit (nf_trace) on
 * those that carry the probe's mark; no packet fares differently for it. The bit does not leave the namespace.
 *
 * It is used only where there are nft rules already, so that no machine gets its first netfilter hooks from us, and not
 * where iptables-legacy has tables, which would write marked packets into the kernel's log (ip_tables.c, trace_packet()).
 *
 * Source: nft(8), "owner" and "monitor"; netlink sockets in /proc/PID/net/netlink. Seen in test/live/kernel-trace.test.ts.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Netns } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import type { Port } from '../../net/port.ts';
import { Child, type ChildOptions } from '../../system/child.ts';
import { argvInNetns } from '../../system/enter-netns.ts';
import { type RuleTook, readNftTrace } from './nft-trace-text.ts';

/** What tells the probe's packets, on every device and behind any translation of addresses. */
export type NftMark =
  /** The first 8 bytes of the pattern that stands at that offset of the ICMP payload. */
  | { readonly kind: 'icmp'; readonly pattern: Uint8Array; readonly atBytes: number }
  /** The sender's port, which a translation keeps where it can. */
  | { readonly kind: 'tcp' | 'udp'; readonly sourcePort: Port };

export interface NftTraceRequest extends ChildOptions {
  readonly netns: Netns;
  readonly mark: NftMark;
}

/** A large ruleset is read by nft before it listens. What takes longer is left out. */
const READY_WITHIN_MS = 300;
const LOOK_EVERY_MS = 5;

const NETLINK_NETFILTER = 12;
/** NFNLGRP_NFTRACE is 9: bit 8. Source: include/uapi/linux/netfilter/nfnetlink.h. */
const TRACE_GROUP = 0x100;

/** Before every other chain; -400 is the lowest that the kernel itself uses (NF_IP_PRI_CONNTRACK_DEFRAG). */
const PRIORITY = -450;
const HOOKS = { inet: ['prerouting', 'output'], bridge: ['prerouting', 'output'] } as const;

/** Whether nft has rules to tell of there, and whether it may be asked to. */
export function nftRulesIn({ ruleset }: Netns): 'none' | 'beside legacy' | 'alone' {
  const tables = ruleset.known ? ruleset.value.tables : [];
  if (!tables.some(({ machinery }) => machinery !== 'iptables-legacy')) return 'none';
  return tables.some(({ machinery }) => machinery === 'iptables-legacy') ? 'beside legacy' : 'alone';
}

/** nft at work in one namespace. */
export class NftTrace {
  readonly netns: NetnsName;
  readonly #child: Child;
  readonly #table: string;
  #said = '';

  private constructor(netns: NetnsName, child: Child) {
    this.netns = netns;
    this.#child = child;
    this.#table = tableName(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
    }
  }

  /** Start nft, and wait until it listens; or say why it does not. */
  static async start({ netns, mark, stack, signal }: NftTraceRequest): Promise<NftTrace | string> {
    // Interactive nft would keep a history in the home folder.
    const argv = argvInNetns(netns.entry, ['env', 'HOME=/nonexistent', 'nft', '-i', '-a']);
    const trace = new NftTrace(netns.name, Child.start(argv, { stack, signal }));
    trace.#child.write(tableOf(trace.#table, netns, mark).join(''));
    trace.#child.write('monitor trace\n');
    if (await trace.#listens()) return trace;
    await trace.#child.stop();
    const [complaint = ''] = trace.#said.split('\n').filter((line) => line.includes('Error'));
    return complaint === '' ? 'nft did not listen in time' : complaint;
  }

  /** End it, and tell which rules took our packets. */
  async finish(): Promise<readonly RuleTook[]> {
    await this.#child.stop();
    return readNftTrace(this.#said, this.#table);
  }

  async #listens(): Promise<boolean> {
    const deadline = performance.now() + READY_WITHIN_MS;
    let hasEnded = false;
    void this.#child.ended.then(() => {
      hasEnded = true;
    });
    while (!hasEnded && performance.now() < deadline) {
      if (isListening(this.#child.pid)) return true;
      await setTimeout(LOOK_EVERY_MS);
    }
    return false;
  }
}

/** Its process is numbered by then: two nsdiag in one namespace have two tables. */
function tableName({ pid }: Child): string {
  return `nsdiag-${pid}`;
}

function tableOf(table: string, { ruleset }: Netns, mark: NftMark): readonly string[] {
  const hasBridgeRules = ruleset.known && ruleset.value.tables.some(({ family }) => family === 'bridge');
  const families = hasBridgeRules ? (['inet', 'bridge'] as const) : (['inet'] as const);
  return families.flatMap((family) => [
    `add table ${family} ${table} { flags owner; }\n`,
    ...HOOKS[family].flatMap((hook) => [
      `add chain ${family} ${table} ${hook} { type filter hook ${hook} priority ${PRIORITY}; policy accept; }\n`,
      ...matchesOf(mark).map(
        ([leg, match]) => `add rule ${family} ${table} ${hook} ${match} meta nftrace set 1 comment "nsdiag ${leg}"\n`,
      ),
    ]),
  ]);
}

/** Behind the 8 bytes of ICMP's own header. */
const ICMP_BYTES = 8;

function matchesOf(mark: NftMark): readonly (readonly ['request' | 'reply', string])[] {
  if (mark.kind === 'icmp') {
    const bits = (ICMP_BYTES + mark.atBytes) * 8;
    const pattern = `@th,${bits},64 0x${Buffer.from(mark.pattern.subarray(0, 8)).toString('hex')}`;
    return [
      ['request', `icmp type echo-request ${pattern}`],
      ['reply', `icmp type echo-reply ${pattern}`],
      ['request', `icmpv6 type echo-request ${pattern}`],
      ['reply', `icmpv6 type echo-reply ${pattern}`],
    ];
  }
  return [
    ['request', `${mark.kind} sport ${mark.sourcePort}`],
    ['reply', `${mark.kind} dport ${mark.sourcePort}`],
  ];
}

/** Whether a socket of that process is in the group to which traces are sent. */
function isListening(pid: number | undefined): boolean {
  try {
    const sockets = readFileSync(`/proc/${pid}/net/netlink`, 'utf8').split('\n');
    return sockets.some((line) => {
      const [, protocol, port, groups = ''] = line.split(/\s+/);
      const isInGroup = (Number.parseInt(groups, 16) & TRACE_GROUP) !== 0;
      return Number(protocol) === NETLINK_NETFILTER && isInGroup && Number(port) === pid;
    });
  } catch {
    return false; // it has ended
  }
}
