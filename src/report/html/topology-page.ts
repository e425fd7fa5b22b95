/**
 * `nsdiag topo --format html`: the picture to move about in, what has changed, what is odd, and every device in a table.
 *
 * @module
 */

import { changeText } from '../../host/difference/words.ts';
import { linksOf } from '../../host/host.ts';
import { counted } from '../../postmortem/counted.ts';
import type { Topology } from '../../topology/topology.ts';
import { addressTexts, kindText, stateText } from '../device-text.ts';
import type { Picture } from '../svg/picture.ts';
import { PICTURE_STYLE } from '../svg/style.ts';
import type { Compared } from '../text/topology-lists.ts';
import { type Markup, markup } from './markup.ts';
import { type PageOrigin, pageText, type Section } from './page.ts';
import { bullets, type Row, table } from './parts.ts';
import { TOPOLOGY_SCRIPT, TOPOLOGY_STYLE } from './topology-script.ts';

export interface TopologyPage {
  readonly topology: Topology;
  readonly picture: Picture;
  readonly takenAt: string | undefined;
  readonly compared: Compared | undefined;
}

/** The whole file. */
export function topologyPage(page: TopologyPage, origin: PageOrigin): string {
  const { topology, compared, takenAt } = page;
  const { looked, oddities } = topology;
  const odd = oddities.length === 0 ? 'nothing odd' : `${counted(oddities.length, 'remark')} on what is odd`;
  const changed =
    compared === undefined ? '' : `, ${counted(compared.changes.length, 'change')} since ${compared.since}`;
  const sections: Section[] = [
    { id: 'picture', title: 'Who is wired to whom', body: viewer(page) },
    ...(compared === undefined ? [] : [changesSection(compared)]),
    ...(oddities.length === 0 ? [] : [odditiesSection(topology)]),
    devicesSection(topology),
    ...notesSection(topology),
  ];
  return pageText(
    {
      title: `nsdiag topo: ${counted(looked.namespaces, 'namespace')}`,
      lead: markup`<h1>${counted(looked.namespaces, 'namespace')}, ${counted(looked.devices, 'device')}: ${odd}${changed}</h1>
<p>${takenAt === undefined ? 'As they were when this page was made' : `A snapshot of ${takenAt}`}; Linux ${looked.kernel}</p>`,
      sections,
      styles: [PICTURE_STYLE, TOPOLOGY_STYLE],
      scripts: [TOPOLOGY_SCRIPT],
    },
    origin,
  );
}

function viewer({ picture, compared }: TopologyPage): Markup {
  const legend =
    'Boxes are namespaces, with their devices in them; dashed blue lines are tunnels, dotted ones lead out of sight. ' +
    'Amber is odd, a dashed frame is down. Drag to move; wheel (with Ctrl, or after a click) or + and - to zoom.';
  const marks = compared === undefined ? '' : ' Green came, amber changed, red and dashed went.';
  return markup`<div class="viewer"><div class="tools" hidden>
<input type="search" placeholder="Name, address, MAC" aria-label="Search in the picture"><output></output>
<button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="fit">Fit</button>
</div>
${picture.markup}</div>
<p class="legend">${legend}${marks}</p>\n`;
}

function changesSection({ changes, notCompared, since }: Compared): Section {
  const items = changes.map(({ change, followers }) => {
    const so = bullets(followers.map((each) => markup`<span class="faint">so: ${changeText(each)}</span>`));
    return markup`${changeText(change)}${so}`;
  });
  const notes = notCompared.map((note) => markup`<span class="unsure">not compared: ${note}</span>`);
  return {
    id: 'changes',
    title: 'What has changed',
    note: `since ${since}`,
    body: bullets([...items, ...notes]) ?? markup`<p>Nothing.</p>`,
  };
}

function odditiesSection({ oddities }: Topology): Section {
  const rows = oddities.map(({ code, netns, device, text }): Row => ({ cells: [code, netns, device ?? '', text] }));
  const columns = [
    { title: 'Code', kind: 'name' },
    { title: 'Namespace', kind: 'name' },
    { title: 'Device', kind: 'name' },
    { title: 'What', kind: 'text' },
  ] as const;
  return {
    id: 'odd',
    title: 'What is odd',
    note: 'which may well be meant so',
    body: table('What is odd', columns, rows),
  };
}

function devicesSection({ places }: Topology): Section {
  const rows = places.flatMap(({ netns, unread }): readonly Row[] => {
    if (unread !== undefined) return [{ cells: [netns.name, '', '', `not read: ${unread}`, '', '', '', ''] }];
    return linksOf(netns).map((link) => ({
      cells: [
        netns.name,
        link.ifindex,
        link.name,
        [kindText(link), link.master === undefined ? '' : `on ${link.master}`].join(' '),
        stateText(link) ?? 'up',
        link.mtu,
        link.mac ?? '',
        addressTexts(link).join(', '),
      ],
    }));
  });
  const columns = [
    { title: 'Namespace', kind: 'name' },
    { title: 'Index', kind: 'number' },
    { title: 'Device', kind: 'name' },
    { title: 'Kind', kind: 'text' },
    { title: 'State', kind: 'name' },
    { title: 'MTU', kind: 'number' },
    { title: 'MAC', kind: 'name' },
    { title: 'Addresses', kind: 'text' },
  ] as const;
  return {
    id: 'devices',
    title: 'Every device',
    note: counted(rows.length, 'row'),
    body: table('Every device', columns, rows),
    isFolded: true,
  };
}

function notesSection({ notes }: Topology): readonly Section[] {
  const body = bullets(notes);
  return body === undefined ? [] : [{ id: 'notes', title: 'What could not be looked at', body }];
}
