/**
 * What a UDP datagram carries, in a few words, where its ports say what that is.
 *
 * @module
 */

import { DHCP_PORTS, decodeDhcp } from './dhcp.ts';
import { DNS_PORT, decodeDns } from './dns.ts';

/** `, DNS query A example.com`, or nothing. */
export function describeDatagram(sourcePort: number, destPort: number, payload: Uint8Array): string {
  const ports: readonly number[] = [sourcePort, destPort];
  if (ports.includes(DNS_PORT)) return describeDns(payload);
  return ports.includes(DHCP_PORTS.server) ? describeDhcp(payload) : '';
}

function describeDns(payload: Uint8Array): string {
  const message = decodeDns(payload);
  if (message.kind !== 'decoded') return '';
  const { isResponse, rcode, questions, answers, isCut } = message.header;
  const asked = questions.map(({ type, name }) => ` ${type} ${name}`).join(',');
  if (!isResponse) return `, DNS query${asked}`;
  const [first, ...others] = answers;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  const found = first === undefined ? '' : `: ${first.type} ${first.data}${more}`;
  return `, DNS ${isCut ? 'cut answer' : rcode}${asked}${found}`;
}

function describeDhcp(payload: Uint8Array): string {
  const message = decodeDhcp(payload);
  if (message.kind !== 'decoded') return '';
  const { type, client, yourAddress, requested } = message.header;
  const address = yourAddress ?? requested;
  return `, DHCP ${type ?? 'message'} ${client ?? 'client'}${address === undefined ? '' : ` ${address}`}`;
}
