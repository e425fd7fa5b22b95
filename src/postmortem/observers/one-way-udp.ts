/**
 * one-way, of UDP: datagrams to a service that should answer and does not.
 *
 * Only services whose protocol has answers are an error; of others (syslog, flow records, a stream) silence may be
 * the design, so all of them together are one note. DNS has findings of its own.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { ADDRESS_WORDS, addressText, isMulticastDest, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES } from '../frame-words.ts';
import { macText, writeMac } from '../mac-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { trafficOf } from '../traffic.ts';
import type { Refused } from './icmp-errors.ts';

const MOST_CONVERSATIONS = 65_536;
/** One datagram may be lost anywhere, or be the capture's last. */
const LEAST_SENT = 2;
const SHOWN_OTHERS = 3;

/** Services that answer, by their port. */
const ANSWERING = new Map<number, string>([
  [67, 'DHCP'],
  [69, 'TFTP'],
  [88, 'Kerberos'],
  [123, 'NTP'],
  [161, 'SNMP'],
  [389, 'LDAP'],
  [443, 'QUIC'],
  [500, 'IKE'],
  [547, 'DHCPv6'],
  [1194, 'OpenVPN'],
  [1812, 'RADIUS'],
  [3478, 'STUN'],
  [4500, 'IPsec'],
  [5060, 'SIP'],
  [51_820, 'WireGuard'],
]);
const DHCP = { server: 67, client: 68 } as const;
/** chaddr (RFC 2131 section 2). */
const DHCP_MAC_AT = 28;
/** They have findings of their own: DNS; or are sent to all who listen: mDNS, LLMNR, SSDP, NetBIOS. */
const LEFT_OUT = new Set([53, 5353, 5355, 1900, 137, 138]);

// The key: source and destination as of the first datagram, both ports.
const PORTS = 2 * ADDRESS_WORDS;
const KEY_WORDS = PORTS + 1;
const SENT = 0;
const ANSWERED = 1;
const FRAMES = 2;

export class OneWayUdp implements Observer, Refused {
  readonly #capture: number;
  readonly #conversations: NumberTable;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#conversations = new NumberTable(KEY_WORDS, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_CONVERSATIONS, seed);
  }

  see(fields: PacketFields, number: number): void {
    const { sourcePort, destPort } = fields;
    if (LEFT_OUT.has(destPort) || LEFT_OUT.has(sourcePort)) return;
    const { key } = this.#conversations;
    if (isDhcp(fields)) {
      this.#seeDhcp(fields, number);
      return;
    }
    writeDest(key, 0, fields);
    writeSource(key, ADDRESS_WORDS, fields);
    key[PORTS] = (destPort << 16) | sourcePort;
    let at = this.#conversations.find();
    if (at !== -1) {
      this.#conversations.words[at + ANSWERED] = 1;
      return;
    }
    if (isMulticastDest(fields)) return;
    writeSource(key, 0, fields);
    writeDest(key, ADDRESS_WORDS, fields);
    key[PORTS] = (sourcePort << 16) | destPort;
    at = this.#conversations.claim();
    if (at !== -1) this.#sent(at, number, fields);
  }

  /** An ICMP error quotes this packet: an answer, and a finding of its own. */
  refuse(quoted: PacketFields): void {
    if (quoted.protocol !== IP_PROTOCOL.udp) return;
    const { key } = this.#conversations;
    writeSource(key, 0, quoted);
    writeDest(key, ADDRESS_WORDS, quoted);
    key[PORTS] = (quoted.sourcePort << 16) | quoted.destPort;
    const at = this.#conversations.find();
    if (at !== -1) this.#conversations.words[at + ANSWERED] = 1;
  }

  /** Clients have no address yet: it is their MAC that tells them apart, and their transaction. */
  #seeDhcp(fields: PacketFields, number: number): void {
    const { payloadAt, sourcePort } = fields;
    if (payloadAt + DHCP_MAC_AT + 6 > fields.start + fields.capturedBytes) return;
    const { key } = this.#conversations;
    key.fill(0);
    writeMac(key, 0, fields, payloadAt + DHCP_MAC_AT);
    key[PORTS] = (DHCP.client << 16) | DHCP.server;
    const isRequest = sourcePort === DHCP.client;
    const at = isRequest ? this.#conversations.claim() : this.#conversations.find();
    if (at === -1) return;
    if (isRequest) this.#sent(at, number, fields);
    else this.#conversations.words[at + ANSWERED] = 1;
  }

  #sent(at: number, number: number, fields: PacketFields): void {
    const { words } = this.#conversations;
    const sent = words[at + SENT] ?? 0;
    keepFrame(words, at + FRAMES, sent, number, fields);
    words[at + SENT] = sent + 1;
  }

  missed(): readonly Missed[] {
    return [{ code: 'one-way', packets: this.#conversations.refused }];
  }

  conclude(_end: EndOfCapture): readonly Finding[] {
    const { words, size } = this.#conversations;
    const services = new Map<string, Silence>();
    const others = new Map<string, Silence>();
    for (let index = 0; index < size; index++) {
      const at = this.#conversations.entryAt(index);
      const sent = words[at + KEY_WORDS + SENT] ?? 0;
      if (words[at + KEY_WORDS + ANSWERED] === 1 || sent < LEAST_SENT) continue;
      const ports = words[at + PORTS] ?? 0;
      const port = ports & 0xffff;
      const isDhcpClient = ports === ((DHCP.client << 16) | DHCP.server);
      const who = isDhcpClient ? macText(words, at) : addressText(words, at);
      const whom = isDhcpClient ? 'any server' : addressText(words, at + ADDRESS_WORDS);
      const service = ANSWERING.get(port);
      const list = service === undefined ? others : services;
      const silence = {
        who,
        whom,
        port,
        service,
        sent,
        frames: readFrames(this.#capture, words, at + KEY_WORDS + FRAMES, sent),
      };
      const key = `${who} ${whom} ${port}`;
      const known = list.get(key);
      list.set(key, known === undefined ? silence : { ...known, sent: known.sent + sent });
    }
    return [...[...services.values()].map(serviceFinding), ...otherFindings([...others.values()])];
  }
}

interface Silence {
  readonly who: string;
  readonly whom: string;
  readonly port: number;
  readonly service: string | undefined;
  readonly sent: number;
  readonly frames: Finding['frames'];
}

function serviceFinding({ who, whom, port, service, sent, frames }: Silence): Finding {
  const isDhcp = port === DHCP.server;
  return {
    code: 'one-way',
    severity: 'error',
    what: `${service}: ${sent} datagrams from ${who} to ${whom} port ${port}, none came back`,
    why: isDhcp
      ? 'A client without an address asks everybody on its segment, and no server offers one'
      : `${service} answers every request; neither an answer nor an ICMP error came past the place of the capture`,
    frames,
    count: sent,
    likely: isDhcp
      ? ['bridge-port-unattached', 'firewall-drop', 'bridge-vlan-filtered', 'no-listener']
      : ['firewall-drop', 'no-route', 'nat-missing', 'wrong-source'],
    confirm: `Where the server runs: tcpdump -ni any udp port ${port}`,
    cannotTell: 'Whether the request or the answer was lost',
    about: trafficOf(IP_PROTOCOL.udp, who, whom, port),
    subject: `UDP ${who} ${whom} ${port}`,
  };
}

function otherFindings(silences: readonly Silence[]): readonly Finding[] {
  const [first] = silences;
  if (first === undefined) return [];
  const shown = silences
    .slice(0, SHOWN_OTHERS)
    .map(({ who, whom, port, sent }) => `${who} to ${whom} port ${port} (${sent})`);
  const more = silences.length - shown.length;
  return [
    {
      code: 'one-way',
      severity: 'note',
      what: `UDP in one direction only: ${shown.join(', ')}${more > 0 ? ` and ${counted(more, 'other')}` : ''}`,
      why: 'No datagram and no ICMP error came back. Some protocols never answer (syslog, flow records, streams); where this one should, it is lost',
      frames: first.frames,
      count: silences.reduce((sum, { sent }) => sum + sent, 0),
      likely: ['firewall-drop', 'no-route', 'wrong-source'],
      confirm: `At ${first.whom}: tcpdump -ni any udp port ${first.port}; ss -ulnp`,
      cannotTell: 'Whether the service answers at all',
      about: trafficOf(IP_PROTOCOL.udp, first.who, first.whom, first.port),
      subject: `UDP ${first.who} ${first.whom} ${first.port}`,
    },
  ];
}

function isDhcp({ network, sourcePort, destPort }: PacketFields): boolean {
  if (network !== NETWORK.ipv4) return false;
  return (
    (sourcePort === DHCP.client && destPort === DHCP.server) || (sourcePort === DHCP.server && destPort === DHCP.client)
  );
}
