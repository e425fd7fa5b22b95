/**
 * The bridge sends the frame to the wrong port, or nowhere: a static FDB entry leads astray, or the MAC is unknown and
 * flooding is off.
 *
 * @module
 */

import { bridgeIn } from '../../host/commands-enter.ts';
import { findNetns, type Host, sameDevice } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import type { FdbEntry } from '../../host/route.ts';
import type { Mac } from '../../net/mac.ts';
import type { Found } from '../define.ts';
import { portBlockRule } from '../port-block-rule.ts';
import type { FaultContext, FaultRule } from '../rule.ts';
import { type Crossing, crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

/** What goes to every port, and the switch of a port for each. */
const FLOODED = {
  broadcast: { what: 'broadcasts, such as ARP', setting: 'broadcastFlood' },
  multicast: { what: 'multicasts, such as neighbour discovery', setting: 'multicastFlood' },
  unicast: { what: 'frames for MACs that the bridge does not know', setting: 'flood' },
} as const;

const notFlooded = portBlockRule({
  code: 'bridge-fdb-wrong',
  title: 'The bridge does not send the frame to the right port',
  source: 'net/bridge/br_input.c: br_handle_frame_finish(); net/bridge/br_forward.c: br_flood()',
  because: 'no-flood',
  what: (port, _, { frames = 'unicast' }) => `${placeText(port)} gets no ${FLOODED[frames].what}: flooding is off`,
  why: 'A frame for everybody (ARP), for a group (neighbour discovery) or for an unknown MAC goes out of the ports with flooding of these on; a MAC becomes known when its owner has sent something',
  setting: ({ frames = 'unicast' }) => ({ setting: FLOODED[frames].setting, on: true }),
  intent: (port) => `Switch flooding on for ${port.device}`,
  sideEffects: undefined,
});

export const bridgeFdbWrong: FaultRule = {
  ...notFlooded,
  explains: [...notFlooded.explains, 'bridge-hairpin-off', 'neighbor-wrong'],
  find: (context) => [...ledAstray(context), ...notFlooded.find(context)],
};

function ledAstray(context: FaultContext): ReturnType<FaultRule['find']> {
  const crossing = crossingOf(context);
  const mac = macOf(context);
  const entry = crossing && mac && strayEntry(context.host, crossing, mac);
  if (entry === undefined) return [];
  const { code, title } = notFlooded;
  return [{ code, title, leg: context.journey.leg, ...found(context.host, entry.port, entry.entry) }];
}

function found(host: Host, port: DeviceRef, entry: FdbEntry): Found {
  const netns = findNetns(host, port.netns);
  const text = `${entry.mac} dev ${entry.device} master ${entry.master ?? ''} ${[entry.state, ...entry.flags].join(' ')}`;
  return {
    ...port,
    what: `a static entry sends frames for ${entry.mac} to ${placeText(port)}, behind which it is not`,
    why: entry.flags.includes('sticky')
      ? 'A bridge sends a frame for a known MAC to the port of its entry alone, and a sticky entry does not follow the MAC when it is heard elsewhere'
      : 'A bridge sends a frame for a known MAC to the port of its entry alone, and a static entry stands until its owner is heard elsewhere, which without ARP it never is',
    evidence: [
      {
        witness: 'model',
        command: netns && bridgeIn(netns, ['fdb', 'show', 'dev', entry.device]),
        text,
      },
    ],
    repairs: [
      {
        intent: `Delete the entry, so that ${entry.mac} is learned anew`,
        edits: [{ kind: 'fdb-delete', ...port, mac: entry.mac, vlan: entry.vlan }],
        sideEffects: undefined,
      },
    ],
  };
}

function macOf(context: FaultContext): Mac | undefined {
  return droppedAs(context, 'frame-blocked')?.reason.mac ?? droppedAs(context, 'mac-unowned')?.reason.mac;
}

/** A static entry for the owner's MAC, on a bridge of the wire, at a port that is not on the wire (or leads back). */
function strayEntry(
  host: Host,
  { wire, owners }: Crossing,
  mac: Mac,
): { readonly port: DeviceRef; readonly entry: FdbEntry } | undefined {
  if (wire === undefined || !owners.some(({ link }) => link.mac === mac)) return undefined;
  for (const [index, bridge] of wire.entries()) {
    const fdb = findNetns(host, bridge.netns)?.fdb;
    const entry = fdb?.known ? fdb.value.find((each) => isStatic(each, mac, bridge)) : undefined;
    if (entry === undefined) continue;
    const port = { netns: bridge.netns, device: entry.device };
    const next = wire[index + 1];
    if (next === undefined || !sameDevice(next, port)) return { port, entry };
  }
  return undefined;
}

function isStatic(entry: FdbEntry, mac: Mac, bridge: DeviceRef): boolean {
  return entry.mac === mac && entry.state === 'static' && entry.master === bridge.device;
}
