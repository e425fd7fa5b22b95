import { expect, test } from 'vitest';
import { readTrace } from '../../../src/probe/kernel/trace-text.ts';

/** As Linux 6.18 writes it. */
const TRACE = `# tracer: nop
#
# entries-in-buffer/entries-written: 8/8   #P:2
#
#                                _-----=> irqs-off/BH-disabled
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
              sh-18668   [001] ..... 1795326806.171400: tracing_mark_write: nsdiag-1f
 my-ping [x] a-18668   [001] b.... 1795326806.171455: net_dev_queue: dev=v1 skbaddr=000000003910cbfb len=99
            ping-18668   [001] ..s1. 1795326806.171459: netif_receive_skb: dev=v=2 skbaddr=000000003910cbfb len=85
            ping-18668   [001] ..s1. 1795326806.171464: kfree_skb: skbaddr=000000003910cbfb rx_sk=0000000000000000 protocol=2048 location=nft_do_chain+0x5ad/0x610 [nf_tables] reason: NETFILTER_DROP
            ping-18689   [001] b.s2. 1795326807.220859: icmp_send: icmp_send: type=3, code=13. From 10.0.1.1:0 to 10.0.2.2:0 ulen=0 skbaddr=0000000006680930
            ping-18696   [000] b.s2. 1795326807.263743: fib_table_lookup: table 254 oif 0 iif 1 proto 1 10.0.2.2/0 -> 10.0.1.1/0 tos 0 scope 0 flags 0 ==> dev - gw 0.0.0.0/:: err -11
              nc-18723   [001] ..s1. 1795326808.631456: tcp_send_reset: skbaddr=00000000efd7b883 skaddr=0000000000000000 src=10.0.2.2:80 dest=10.0.1.1:40690 state=UNKNOWN reason=NO_SOCKET
            ping-18696   [000] b.s2. 1795326807.263743: fib6_table_lookup: table 254 oif 0 iif 1 proto 58 fd00:2::2/0 -> fd00:1::2/0 flowlabel 0 tos 0 scope 0 flags 0 ==> dev - gw :: err -101
dropped events: 0
dropped events: 3
`;

test('readTrace() reads each event that is asked for, whatever the process is called', () => {
  const { records, lostEvents } = readTrace(TRACE);
  expect(lostEvents).toBe(3);
  expect(records.map(({ cpu, timeNs, ...rest }) => rest)).toEqual([
    { pid: 18668, isProcess: true, event: 'mark', text: 'nsdiag-1f' },
    { pid: 18668, isProcess: true, event: 'queue', device: 'v1', skb: '000000003910cbfb', lengthBytes: 99 },
    { pid: 18668, isProcess: false, event: 'receive', device: 'v=2', skb: '000000003910cbfb', lengthBytes: 85 },
    {
      pid: 18668,
      isProcess: false,
      event: 'free',
      skb: '000000003910cbfb',
      location: 'nft_do_chain',
      reason: 'NETFILTER_DROP',
    },
    { pid: 18689, isProcess: false, event: 'icmp-send', skb: '0000000006680930', type: 3, code: 13 },
    {
      pid: 18696,
      isProcess: false,
      event: 'lookup',
      table: 254,
      source: '10.0.2.2',
      destination: '10.0.1.1',
      error: -11,
    },
    { pid: 18723, isProcess: false, event: 'reset-send', skb: '00000000efd7b883', reason: 'NO_SOCKET' },
    {
      pid: 18696,
      isProcess: false,
      event: 'lookup',
      table: 254,
      source: 'fd00:2::2',
      destination: 'fd00:1::2',
      error: -101,
    },
  ]);
  expect(records[0]).toMatchObject({ cpu: 1, timeNs: 1_795_326_806_171_400_000n });
});

test('readTrace() takes a drop without a reason, as Linux before 5.17 tells it', () => {
  const line =
    '   ping-1 [000] ..s1 12.000001: kfree_skb: skbaddr=0000000000000001 protocol=2048 location=ip_rcv+0x1/0x2\n';
  expect(readTrace(line).records).toMatchObject([{ event: 'free', location: 'ip_rcv', reason: undefined }]);
});

test('readTrace() answers, never throws, wherever the text is cut, and invents no event', () => {
  const whole = readTrace(TRACE).records.length;
  for (let end = 0; end < TRACE.length; end += 7) {
    expect(readTrace(TRACE.slice(0, end)).records.length).toBeLessThanOrEqual(whole);
  }
});
