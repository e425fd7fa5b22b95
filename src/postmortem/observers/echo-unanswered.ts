/**
 * echo-unanswered: a ping without a reply, and where it was seen last.
 *
 * A request that an ICMP error was sent about is answered by that: the error is a finding of its own and says more.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { ICMP_TYPE } from '../../wire/icmp.ts';
import { ICMPV6_TYPE } from '../../wire/icmpv6.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { ADDRESS_WORDS, addressText, isMulticastDest, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { trafficOf } from '../traffic.ts';
import { Exchange, TOO_EARLY, type Unanswered } from './exchange.ts';
import { Places } from './places.ts';

/** Round trips beyond a second are of satellites and of full queues; ping itself waits ten. */
const PATIENCE_SECONDS = 1;

/** A single large one may be lost by chance. */
const FEW_OF_SIZE = 2;
/** Headers of IPv4 and of the echo: ping -s counts what is behind them. */
const ICMP_BYTES = 28;

const GROUP_WORDS = 2 * ADDRESS_WORDS;

export class UnansweredEchoes implements Observer {
  readonly #capture: number;
  readonly #exchange: Exchange;
  readonly #places = new Places();

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#exchange = new Exchange(GROUP_WORDS, GROUP_WORDS + 1, PATIENCE_SECONDS, seed);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const isInet6 = fields.network === NETWORK.ipv6;
    if (fields.icmpType === (isInet6 ? ICMPV6_TYPE.echoRequest : ICMP_TYPE.echoRequest)) {
      // Whoever asks a group hears from any of it, and mostly from nobody.
      if (isMulticastDest(fields)) return;
      const { key } = this.#exchange.groups;
      writeSource(key, 0, fields);
      writeDest(key, ADDRESS_WORDS, fields);
      this.#writeQuestion(fields);
      this.#exchange.ask(number, fields, this.#places.indexOf(fields, interfaceId));
    } else if (fields.icmpType === (isInet6 ? ICMPV6_TYPE.echoReply : ICMP_TYPE.echoReply)) {
      const { key } = this.#exchange.questions;
      writeDest(key, 0, fields);
      writeSource(key, ADDRESS_WORDS, fields);
      key[GROUP_WORDS] = (fields.icmpId << 16) | fields.icmpSequence;
      this.#exchange.answer();
    }
  }

  /** An ICMP error quotes this packet. */
  refuse(quoted: PacketFields): void {
    this.#writeQuestion(quoted);
    this.#exchange.refuse();
  }

  missed(): readonly Missed[] {
    return [{ code: 'echo-unanswered', packets: this.#exchange.groups.refused }];
  }

  conclude({ lastNs, interfaces }: EndOfCapture): readonly Finding[] {
    if (lastNs === undefined) return [];
    return this.#exchange.unanswered(this.#capture, lastNs).map((unanswered) => {
      const { place } = unanswered;
      const told = finding(unanswered, this.#places.text(place, interfaces));
      const ifindex = this.#places.onlyIncoming(place);
      return ifindex === undefined || unanswered.answered > 0 ? told : arrived(told, ifindex);
    });
  }

  #writeQuestion(fields: PacketFields): void {
    const { key } = this.#exchange.questions;
    writeSource(key, 0, fields);
    writeDest(key, ADDRESS_WORDS, fields);
    key[GROUP_WORDS] = (fields.icmpId << 16) | fields.icmpSequence;
  }
}

/** The capture is of all devices, and what answers would have gone out by one of them. */
function arrived(told: Finding, ifindex: number): Finding {
  const { source = 'SOURCE', destination = 'DESTINATION' } = told.about ?? {};
  return {
    ...told,
    why: `They came into the machine of this capture by ifindex ${ifindex}, and neither they nor an answer left it by any device: it has no way back, drops them, or is told not to answer`,
    likely: ['no-route', 'firewall-drop', 'icmp-ignored', 'rp-filter', 'forwarding-off'],
    confirm: `On that machine: ip route get ${source}; nft list ruleset; iptables-save; sysctl net.ipv4.icmp_echo_ignore_all`,
    cannotTell: `Whether ${destination} is an address of that machine: if not, whether it forwards (sysctl net.ipv4.ip_forward)`,
  };
}

function finding(unanswered: Unanswered, place: string | undefined): Finding {
  const { words, at, asked, answered, refused, lost, isOverdue, frames } = unanswered;
  const from = addressText(words, at);
  const to = addressText(words, at + ADDRESS_WORDS);
  const subject = `${from} ${to}`;
  const about = trafficOf(IP_PROTOCOL.icmp, from, to, undefined);
  const requests =
    answered === 0 && refused === 0 ? counted(lost, 'echo request') : `${lost} of ${asked} echo requests`;
  const seen = place === undefined ? '' : `; seen last ${place}`;
  if (answered === 0 && refused > 0) {
    return {
      code: 'echo-unanswered',
      severity: 'warning',
      what: `${requests} from ${from} to ${to} had neither a reply nor an ICMP error${seen}; ${refused} had an error`,
      why: 'No request had a reply. Linux sends only so many ICMP errors to one destination (net.ipv4.icmp_ratelimit), so what the errors say of the others most likely holds for these too',
      frames,
      count: lost,
      likely: [],
      confirm: undefined,
      cannotTell: 'Whether these died of what the errors say, or of something else',
      about,
      subject,
    };
  }
  const { largestAnswered, smallestLost } = unanswered;
  if (largestAnswered > 0 && smallestLost > largestAnswered) {
    return {
      code: 'echo-unanswered',
      severity: lost < FEW_OF_SIZE ? 'warning' : 'error',
      what: `${requests} from ${from} to ${to} had no reply: those of ${smallestLost} bytes and more${seen}`,
      why: `Those of up to ${largestAnswered} bytes were answered, and of the larger ones none: a link on the way takes no packets of that size, and the ICMP error that would say so does not come`,
      frames,
      count: lost,
      likely: ['mtu-blackhole', 'mtu-exceeded', 'fragment-missing'],
      confirm: `On ${from}: ping -M do -s SIZE ${to}, from ${Math.max(largestAnswered - ICMP_BYTES, 0)} up, until it fails; and compare the MTU of the links on the way`,
      cannotTell: 'On which link it is too large, and whether of the requests or of the replies, which are as large',
      about: about && { ...about, ipBytes: smallestLost },
      subject,
    };
  }
  return {
    code: 'echo-unanswered',
    severity: answered > 0 ? 'warning' : isOverdue ? 'error' : 'note',
    what: `${requests} from ${from} to ${to} had no reply${seen}`,
    why:
      answered === 0
        ? 'Neither a reply nor an ICMP error came past the place of the capture: something drops in silence, either the requests beyond it or the replies before they are back'
        : `${answered} others were answered within ${PATIENCE_SECONDS} s, so the way is there: a link that loses, a queue or a limit that overflows`,
    frames,
    count: lost,
    likely:
      answered === 0
        ? ['firewall-drop', 'no-route', 'forwarding-off', 'rp-filter', 'nat-missing', 'icmp-ignored']
        : ['tc-drop', 'firewall-drop', 'conntrack-full'],
    confirm: `Capture at ${to} at the same time: tcpdump -ni any icmp${to.includes(':') ? '6' : ''} and host ${from}`,
    cannotTell: isOverdue ? 'Whether the request or the reply was lost: both look the same from here' : TOO_EARLY,
    about,
    subject,
  };
}
