/**
 * The network with the packet's way drawn into it, and a cross where it dies.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Host } from '../../host/host.ts';
import type { DeviceName, NetnsName } from '../../host/link.ts';
import type { Leg } from '../../journey/journey.ts';
import { among, topologyOf } from '../../topology/topology.ts';
import { type PathRow, pathRows } from '../path-rows.ts';
import type { PathLeg, PicturePath } from '../svg/path.ts';
import { drawPicture } from '../svg/picture.ts';
import { type Markup, markup } from './markup.ts';

/** More than so many namespaces are not drawn for the sake of a few that the packet passes. */
const MOST_NAMESPACES = 6;

/** Draw it; `undefined` where there is nothing to draw. */
export async function whyPicture(host: Host, diagnosis: Diagnosis): Promise<Markup | undefined> {
  const all = topologyOf(host);
  const rows = pathRows(diagnosis);
  const topology = all.places.length <= MOST_NAMESPACES ? all : among(all, namesIn(diagnosis, rows));
  if (topology.places.length === 0) return undefined;
  const { markup: svg } = await drawPicture(topology, { path: pathOf(rows) });
  const left = all.places.length - topology.places.length;
  return markup`<div class="scroll" role="region" aria-label="Picture" tabindex="0">${svg}</div>
${left > 0 ? markup`<p class="faint">Not drawn: ${left} more namespaces, which the packet does not pass.</p>` : ''}
<p>${LEGEND}</p>`;
}

const LEGEND = markup`<span class="way-request">request</span> <span class="way-reply">reply</span> <span class="way-death">✗ it dies there</span>`;

/** Of the legend, in the colours of the picture. */
export const WHY_PICTURE_STYLE = `
.way-request { color: var(--link); font-weight: bold; }
.way-reply { color: var(--good); font-weight: bold; }
.way-death { color: var(--bad); font-weight: bold; }
.picture { display: block; }
`;

function namesIn({ question, causes }: Diagnosis, rows: readonly PathRow[]): ReadonlySet<NetnsName> {
  const onWay = rows.flatMap(({ netns }) => (netns === '' ? [] : [netns as NetnsName]));
  return new Set([question.netns, ...onWay, ...causes.map(({ finding }) => finding.netns)]);
}

/** As far as the wire let it go: where the packet was missed first, it was lost. */
function pathOf(rows: readonly PathRow[]): PicturePath {
  const end = rows.find(({ isDeath, wire }) => isDeath || wire?.seen === false);
  return {
    legs: (['request', 'reply'] as const).map((leg) => legOf(leg, rows)),
    death:
      end === undefined ? undefined : { netns: end.netns as NetnsName, device: end.device as DeviceName | undefined },
  };
}

function legOf(leg: Leg, rows: readonly PathRow[]): PathLeg {
  const devices = rows.flatMap(({ leg: its, netns, device, wire }) =>
    its === leg && device !== undefined && wire?.seen !== false
      ? [{ netns: netns as NetnsName, device: device as DeviceName }]
      : [],
  );
  return { leg, devices };
}
