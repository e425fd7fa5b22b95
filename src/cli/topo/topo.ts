/**
 * `nsdiag topo`: look, hold it against an older snapshot where one is given, and write it in one of six forms.
 *
 * @module
 */

import { inodeOfWord } from '../../collect/netns-inode.ts';
import { findNetns, type Host } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import type { Recording } from '../../recording/recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import { dotText } from '../../report/diagram/dot.ts';
import { mermaidText } from '../../report/diagram/mermaid.ts';
import { escapeJson } from '../../report/escape.ts';
import { topologyPage } from '../../report/html/topology-page.ts';
import { drawPicture, svgFile } from '../../report/svg/picture.ts';
import { styleOf } from '../../report/text/style.ts';
import { topologyText } from '../../report/text/topology.ts';
import type { Compared } from '../../report/text/topology-lists.ts';
import { topoDocument } from '../../report/topo-json.ts';
import { Failure } from '../../system/failure.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { compareHosts } from '../../topology/comparison.ts';
import { narrowed, type Topology, topologyOf } from '../../topology/topology.ts';
import type { CommandIo } from '../io.ts';
import { nearNames } from '../near.ts';
import { pageOrigin } from '../page-origin.ts';
import { netnsCalled } from '../why/destination.ts';
import { readSnapshots } from '../why/snapshot-file.ts';
import type { Format } from './format.ts';

export interface TopoRequest {
  /** Namespaces to be shown; none: all. */
  readonly names: readonly string[];
  readonly format: Format;
  readonly fold: boolean;
  /** A file to write to. */
  readonly output: string | undefined;
  /** Snapshot files of an older state. */
  readonly older: readonly string[];
  /** Of the machine, or of snapshot files. */
  readonly look: () => Promise<{ readonly recording: Recording; readonly isSnapshot: boolean }>;
  /** The command line, for the page that it makes. */
  readonly words: readonly string[];
}

/** What there is to be written. */
interface View {
  readonly host: Host;
  readonly topology: Topology;
  /** Of the newer state alone. */
  readonly now: Topology;
  readonly takenAt: string | undefined;
  readonly compared: Compared | undefined;
}

export async function topo(io: CommandIo, request: TopoRequest): Promise<void> {
  const view = await viewOf(request);
  const { output, format } = request;
  if (output !== undefined) {
    writeWhole(output, await textOf(io, view, request));
    const { looked } = view.topology;
    io.stderr.write(`nsdiag: wrote ${looked.namespaces} namespaces with ${looked.devices} devices as ${format}\n`);
  } else if (format === 'tree') io.page(await textOf(io, view, request));
  else io.stdout.write(await textOf(io, view, request));
}

async function viewOf({ look, older, names }: TopoRequest): Promise<View> {
  const old = older.length === 0 ? undefined : await readSnapshots(older);
  const { recording, isSnapshot } = await look();
  const host = hostOf(recording);
  const whole = topologyOf(host);
  const comparison = old === undefined ? undefined : compareHosts(hostOf(old), host);
  const chosen = names.length === 0 ? undefined : new Set(names.map((name) => chosenName(host, name, isSnapshot)));
  const part = (topology: Topology) => (chosen === undefined ? topology : narrowed(topology, chosen));
  const isShown = ({ change }: Compared['changes'][number]) => chosen?.has(change.netns) ?? true;
  return {
    host,
    now: part(whole),
    topology: part(comparison?.topology ?? whole),
    takenAt: isSnapshot ? recording.takenAt : undefined,
    compared:
      comparison === undefined || old === undefined
        ? undefined
        : { ...comparison, changes: comparison.changes.filter(isShown), since: old.takenAt },
  };
}

function chosenName(host: Host, word: string, isSnapshot: boolean): NetnsName {
  const inodeOf = isSnapshot ? () => undefined : inodeOfWord;
  const found = netnsCalled(host, word, { inodeOf }) ?? findNetns(host, word);
  if (found !== undefined) return found.name;
  const near = nearNames(
    word,
    host.namespaces.map(({ name }) => name),
  );
  const hint = near.length > 0 ? `Near: ${near.join(', ')}` : 'Without a name, all namespaces are shown';
  throw new Failure('not-found', `Cannot show "${word}": there is no such namespace`, hint);
}

async function textOf(io: CommandIo, view: View, request: TopoRequest): Promise<string> {
  const { topology, now, takenAt, compared } = view;
  const { fold } = request;
  const marks = compared?.marks;
  switch (request.format) {
    case 'tree': {
      const style = styleOf(request.output === undefined && io.color.stdout, io.terminal.columns);
      return topologyText(topology, style, { fold, takenAt, compared });
    }
    case 'json':
      return `${escapeJson(JSON.stringify(topoDocument(now, takenAt, compared), undefined, 2))}\n`;
    case 'dot':
      return dotText(topology, fold);
    case 'mermaid':
      return mermaidText(topology, fold);
    case 'svg':
      return svgFile(await drawPicture(topology, { marks, fold }));
    case 'html': {
      const picture = await drawPicture(topology, { marks, fold });
      return topologyPage({ topology, picture, takenAt, compared }, pageOrigin(['nsdiag', ...request.words]));
    }
  }
}
