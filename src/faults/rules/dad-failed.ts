/**
 * The IPv6 address is there and not in use: duplicate address detection has failed, or has not ended.
 *
 * @module
 */

import { findLink } from '../../host/host.ts';
import { defineRule } from '../define.ts';
import { addressEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const dadFailed = defineRule({
  code: 'dad-failed',
  title: 'An IPv6 address failed duplicate address detection',
  source: 'RFC 4862 section 5.4; net/ipv6/addrconf.c: addrconf_dad_failure()',
  explains: ['neighbor-unresolved'],

  find(context) {
    const dropped = droppedAs(context, 'neighbor-unanswered');
    const silence = dropped?.reason.silence;
    if (dropped === undefined || silence?.kind !== 'address-not-ready') return [];
    const { owner, flag } = silence;
    const address = dropped.reason.nexthop;
    const link = findLink(context.host, owner.netns, owner.device);
    const prefixLength = link?.addresses.find((each) => each.address === address)?.prefixLength ?? 64;
    const isTentative = flag === 'tentative';
    return [
      {
        ...owner,
        what: `${address} on ${placeText(owner)} is ${isTentative ? 'still tentative' : flag}`,
        why: isTentative
          ? 'An address is not used before duplicate address detection has ended, about a second after the interface has carrier'
          : 'Somebody else on the wire answered for the same address, so the kernel does not use it',
        evidence: addressEvidence(context.host, owner, 'inet6'),
        repairs: [
          {
            intent: `Give ${owner.device} the address again, without detection`,
            edits: [
              { kind: 'address-delete', ...owner, address, prefixLength },
              { kind: 'address-add', ...owner, address, prefixLength },
            ],
            sideEffects: isTentative ? undefined : 'If somebody else does have the address, there are two of it then',
          },
        ],
      },
    ];
  },
});
