/**
 * The page of `nsdiag explain window-full`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const windowFull: FindingPage = {
  code: 'window-full',
  title: "The sender has filled the receiver's window",
  group: 'saved capture',
  what: "The sender has sent all that the receiver's window allows, and waits.",
  linux: [
    "At most one window a round trip can be under way (RFC 9293 section 3.8). If the window never grows, its scaling was lost in the handshake (RFC 7323) or the receiver's buffer is small (tcp_rmem).",
  ],
  look: [{ run: 'tshark -r FILE -Y tcp.analysis.window_full', shows: 'how often, and with which window' }],
  fix: [
    { run: 'sysctl net.ipv4.tcp_rmem net.ipv4.tcp_window_scaling', does: 'on the receiver: the largest buffer, and 1' },
  ],
  confused: [
    { code: 'zero-window', tell: 'the receiver says that it is full' },
    { code: 'delayed-between', tell: 'the round trip is what is long' },
  ],
};
