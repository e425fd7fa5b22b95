/**
 * Several namespaces have the destination address, in different networks: the packet arrived at one of them, and another
 * is the one where somebody listens. Which one is meant, only the person who asks can say.
 *
 * @module
 */

import type { Netns } from '../../host/host.ts';
import type { ListeningSocket } from '../../host/socket.ts';
import { isLoopback, isUnspecified } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { addressEvidence, derived } from '../evidence.ts';
import { type Dropped, droppedAs } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { placeText } from '../search/text.ts';

export const destinationAmbiguous = defineRule({
  code: 'destination-ambiguous',
  title: 'Several namespaces have the destination address',
  source: 'net/ipv4/route.c: ip_route_input_slow(), the first namespace that has the address takes the packet',
  explains: ['no-listener', 'listener-elsewhere'],

  find(context) {
    const dropped = droppedAs(context, 'no-socket');
    if (dropped === undefined || context.journey.leg !== 'request') return [];
    const { netns, reason } = dropped;
    if (isLoopback(reason.address)) return [];
    const owners = ownersOf(context.host, reason.address);
    const here = owners.find(({ ref }) => ref.netns === netns.name);
    const serving = owners.filter(({ ref }) => {
      const other = context.host.namespaces.find(({ name }) => name === ref.netns);
      return other !== undefined && other !== netns && listens(other, dropped);
    });
    const [meant] = serving;
    if (here === undefined || meant === undefined) return [];
    const port = `${reason.protocol} port ${reason.port}`;
    return [
      {
        ...here.ref,
        what: `${context.question.netns} reaches ${reason.address} in ${netns.name}, where nothing listens on ${port}; in ${meant.ref.netns}, which has the same address, something does`,
        why: 'An address says nothing of the namespace: routes lead to one of its owners, and that one takes the packet',
        evidence: [
          ...[here, ...serving].flatMap(({ ref, address }) => addressEvidence(context.host, ref, address.family)),
          derived(`${port} is open on ${serving.map(({ ref }) => placeText(ref)).join(', ')}, not in ${netns.name}`),
        ],
        repairs: [],
      },
    ];
  },
});

function listens({ sockets }: Netns, { reason: { protocol, address, port } }: Dropped<'no-socket'>): boolean {
  const takes = (socket: ListeningSocket) => socket.address === address || takesAll(socket, address);
  return sockets.known && sockets.value.some((each) => each.protocol === protocol && each.port === port && takes(each));
}

/** A wildcard of the same family, or of both. */
function takesAll({ address, v6only }: ListeningSocket, destination: string): boolean {
  if (!isUnspecified(address)) return false;
  return address.includes(':') === destination.includes(':') || (address.includes(':') && v6only === false);
}
