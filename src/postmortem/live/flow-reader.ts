/**
 * The flow of a followed packet, read from its bytes: for the few that there is something to say about.
 *
 * @module
 */

import { dissect } from '../../wire/dissect.ts';
import { NETWORK, PacketFields } from '../../wire/fields.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';
import { addressText } from '../address-words.ts';
import type { DirectedFlow } from '../points/flow-ids.ts';
import { lostTraffic } from '../points/lost-traffic.ts';
import { PacketKey } from '../points/packet-key.ts';
import type { Traffic } from '../traffic.ts';
import type { FollowedPacket, PacketBytes } from './followed-packet.ts';
import { flowOf, lastFlow } from './packet-identity.ts';

export class FlowReader {
  readonly #fields = new PacketFields();
  readonly #key = new PacketKey(0);

  flowOf(
    { bytes, start, capturedBytes, originalBytes }: PacketBytes,
    linkType: number = LINK_TYPE.linuxSll2,
  ): DirectedFlow {
    const fields = this.#fields;
    fields.bytes = bytes;
    fields.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    fields.start = start;
    fields.capturedBytes = capturedBytes;
    fields.originalBytes = originalBytes;
    dissect(fields, linkType);
    this.#key.read(fields);
    const { sourcePort, destPort, protocol } = this.#key;
    return flowOf(fields, sourcePort, destPort, protocol);
  }

  /** As it was sent and, where that is otherwise, as it was seen last. */
  looks(packet: FollowedPacket): readonly DirectedFlow[] {
    return [this.flowOf(packet), lastFlow(packet)].flatMap((flow) => flow ?? []);
  }

  /** What the model may be asked about, by the packet as it was sent. */
  traffic(packet: FollowedPacket): Traffic | undefined {
    const flow = this.flowOf(packet);
    if (flow.network !== NETWORK.arp) return lostTraffic(flow);
    const [source, destination] = [flow.source, flow.destination].map((words) =>
      addressText(Int32Array.from(words), 0),
    );
    if (source === undefined || destination === undefined) return undefined;
    return { kind: 'neighbour', source, destination, port: undefined };
  }
}
