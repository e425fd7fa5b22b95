/**
 * `nsdiag topo`: look, hold it against an older snapshot where one is given, and write it in one of six forms.
 *
 * @module
 */

import { dotText } from '../../report/diagram/dot.ts';
import { mermaidText } from '../../report/diagram/mermaid.ts';
import { topologyPage } from '../../report/html/topology-page.ts';
import { jsonText } from '../../report/print-json.ts';
import { drawPicture, svgFile } from '../../report/svg/picture.ts';
import { styleOf } from '../../report/text/style.ts';
import { topologyText } from '../../report/text/topology.ts';
import { topoDocument } from '../../report/topo-json.ts';
import { writeWhole } from '../../system/write-whole.ts';
import type { CommandIo } from '../io.ts';
import { pageOrigin } from '../page-origin.ts';
import type { Format } from './format.ts';
import { type Look, type View, type ViewRequest, viewOf } from './view.ts';

export interface TopoRequest extends ViewRequest {
  readonly format: Format;
  readonly fold: boolean;
  /** A file to write to. */
  readonly output: string | undefined;
  /** Of the machine, or of snapshot files. */
  readonly look: () => Promise<Look>;
  /** The command line, for the page that it makes. */
  readonly words: readonly string[];
}

export async function topo(io: CommandIo, request: TopoRequest): Promise<void> {
  const view = viewOf(await request.look(), request);
  const { output, format } = request;
  if (output !== undefined) {
    writeWhole(output, await textOf(io, view, request));
    const { looked } = view.topology;
    io.stderr.write(`nsdiag: wrote ${looked.namespaces} namespaces with ${looked.devices} devices as ${format}\n`);
  } else if (format === 'tree') io.page(await textOf(io, view, request));
  else io.stdout.write(await textOf(io, view, request));
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
      return jsonText(topoDocument(now, takenAt, compared));
    case 'dot':
      return dotText(topology, fold);
    case 'mermaid':
      return mermaidText(topology, fold);
    case 'svg':
      return svgFile(await drawPicture(topology, { marks, fold }));
    case 'html': {
      const picture = await drawPicture(topology, { marks, fold });
      return topologyPage(
        { topology, picture, takenAt, compared },
        pageOrigin(['nsdiag', ...request.words.map(view.shown)]),
      );
    }
  }
}
