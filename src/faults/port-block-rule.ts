/**
 * The common part of the rules about bridge ports that do not let a frame through.
 *
 * @module
 */

import { bridgeIn } from '../host/commands-enter.ts';
import type { PortSetting, Repair } from '../host/edit.ts';
import { findLink, findNetns, sameDevice } from '../host/host.ts';
import type { BridgePort, DeviceRef } from '../host/link.ts';
import type { SegmentBlock } from '../journey/fate.ts';
import { defineRule } from './define.ts';
import type { Evidence } from './finding.ts';
import type { FaultContext, FaultRule } from './rule.ts';
import { crossingOf } from './search/crossing.ts';
import { droppedAs } from './search/dropped.ts';

interface PortBlockDefinition {
  readonly code: string;
  readonly title: string;
  readonly source: string;
  readonly because: SegmentBlock['because'];
  readonly what: (port: DeviceRef, settings: BridgePort, block: SegmentBlock) => string;
  readonly why: string;
  /** The setting that lets it through; `undefined` when no command does. */
  readonly setting: (block: SegmentBlock, context: FaultContext) => PortSetting | undefined;
  readonly intent: (port: DeviceRef) => string;
  readonly sideEffects: string | undefined;
}

/** A rule about one way in which a port blocks. */
export function portBlockRule(definition: PortBlockDefinition): FaultRule {
  const { code, title, source } = definition;
  return defineRule({
    code,
    title,
    source,
    explains: ['neighbor-unresolved', 'no-carrier', 'address-not-found', 'gateway-unreachable'],

    find(context) {
      const block = blockOf(context, definition.because);
      const settings = block && findLink(context.host, block.at.netns, block.at.device)?.port;
      if (block === undefined || settings === undefined) return [];
      const setting = definition.setting(block, context);
      const repair: Repair | undefined = setting && {
        intent: definition.intent(block.at),
        edits: [{ kind: 'bridge-port', ...block.at, ...setting }],
        sideEffects: definition.sideEffects,
      };
      return [
        {
          ...block.at,
          what: definition.what(block.at, settings, block),
          why: definition.why,
          evidence: portEvidence(context, block.at, settings),
          repairs: repair === undefined ? [] : [repair],
        },
      ];
    },
  });
}

/** The block on the wire to the owner, or the frame's own; a port that only keeps bystanders from hearing is none. */
function blockOf(context: FaultContext, because: SegmentBlock['because']): SegmentBlock | undefined {
  const own = droppedAs(context, 'frame-blocked')?.reason.block;
  if (own !== undefined) return own.because === because ? own : undefined;
  const blocks = droppedAs(context, 'neighbor-unanswered', 'mac-unowned')?.reason.search.blocks ?? [];
  const wire = crossingOf(context)?.wire;
  return blocks.find((block) => block.because === because && wire?.some((ref) => sameDevice(ref, block.at)) === true);
}

function portEvidence({ host }: FaultContext, port: DeviceRef, settings: BridgePort): readonly Evidence[] {
  const netns = findNetns(host, port.netns);
  if (netns === undefined) return [];
  const onOff = (on: boolean) => (on ? 'on' : 'off');
  const { state, isolated, hairpin, flood, broadcastFlood, multicastFlood } = settings;
  const floods = `flood ${onOff(flood)}, mcast_flood ${onOff(multicastFlood)}, bcast_flood ${onOff(broadcastFlood)}`;
  const text = `${port.device}: state ${state}, isolated ${onOff(isolated)}, hairpin ${onOff(hairpin)}, ${floods}`;
  return [{ witness: 'model', command: bridgeIn(netns, ['-d', 'link', 'show', 'dev', port.device]), text }];
}
