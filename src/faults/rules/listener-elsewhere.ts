/**
 * Something listens on that port, but on another address or family: 127.0.0.1 alone, most often.
 *
 * @module
 */

import { inNetns } from '../../host/commands-enter.ts';
import type { ListeningSocket } from '../../host/socket.ts';
import { familyOf, isLoopback } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { droppedAs } from '../search/dropped.ts';

export const listenerElsewhere = defineRule({
  code: 'listener-elsewhere',
  title: 'The service listens on another address',
  source: 'net/ipv4/inet_hashtables.c: compute_score(); bind(2)',
  explains: ['no-listener'],

  find(context) {
    const dropped = droppedAs(context, 'no-socket');
    const [other] = dropped?.reason.others ?? [];
    if (dropped === undefined || other === undefined) return [];
    const { netns, reason } = dropped;
    const anywhere = familyOf(reason.address) === 'inet' ? '0.0.0.0' : '[::]';
    return [
      {
        netns: netns.name,
        device: undefined,
        what: `${netns.name} listens on ${socketText(other)}, not on ${reason.address}`,
        why: `A socket that is bound to one address gets only packets for it${isLoopback(other.address) ? '; 127.0.0.1 is reached from inside the namespace alone' : ''}. Let the service bind ${anywhere}:${reason.port} or ${reason.address}:${reason.port}`,
        evidence: [
          {
            witness: 'model',
            command: inNetns(netns, ['ss', '-lnp', reason.protocol === 'tcp' ? '-t' : '-u', `sport = :${reason.port}`]),
            text: socketText(other),
          },
        ],
        repairs: [],
      },
    ];
  },
});

function socketText(socket: ListeningSocket): string {
  const address = familyOf(socket.address) === 'inet' ? socket.address : `[${socket.address}]`;
  const device = socket.device === undefined ? '' : `%${socket.device}`;
  const process = socket.process === undefined ? '' : ` (${socket.process})`;
  return `${address}${device}:${socket.port}${process}`;
}
