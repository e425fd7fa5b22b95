/**
 * A diagnosis as one page to attach to a ticket: outcome, fix, causes, picture, path, packets, notes, and folded away what
 * the commands printed. It says what the text says, in the same words, and shows what does not fit into a terminal.
 *
 * @module
 */

import type { Diagnosis, Verdict } from '../../diagnosis/diagnosis.ts';
import { endpointQuestion } from '../endpoint-question.ts';
import { lookedFacts } from '../looked-facts.ts';
import { shellLine } from '../shell-quote.ts';
import { PICTURE_STYLE } from '../svg/style.ts';
import { MARK } from '../text/outcome.ts';
import { type Markup, markup } from './markup.ts';
import { type PageOrigin, pageText, type Section } from './page.ts';
import { bullets, command, pairs } from './parts.ts';
import { causesMarkup } from './why-causes.ts';
import { factsMarkup, type NamespaceFacts } from './why-facts.ts';
import { fixMarkup } from './why-fix.ts';
import { packetsMarkup } from './why-packets.ts';
import { pathMarkup } from './why-path.ts';
import { WHY_PICTURE_STYLE } from './why-picture.ts';

/** What the page is made of. */
export interface WhyPage {
  readonly diagnosis: Diagnosis;
  /** The network with the path drawn into it; absent where it could not be drawn. */
  readonly picture: Markup | undefined;
  /** Of the namespaces on the path, what was read there. */
  readonly facts: readonly NamespaceFacts[];
  /** When the network was like that: of a snapshot, when that was taken. ISO 8601. */
  readonly asOf: string;
}

/** In the page's own classes. */
const TONE: Readonly<Record<Verdict, string>> = { reachable: 'good', unreachable: 'bad', undecided: 'unsure' };
const WORD: Readonly<Record<Verdict, string>> = {
  reachable: 'Reachable',
  unreachable: 'Unreachable',
  undecided: 'Undecided',
};

/** The whole file. */
export function whyPage(page: WhyPage, origin: PageOrigin): string {
  const { diagnosis, picture, facts } = page;
  const { causes, notes, wire } = diagnosis;
  const sightings = wire?.observation.sightings.length ?? 0;
  const section = (id: string, title: string, body: Markup | undefined, over: Partial<Section> = {}) =>
    body === undefined ? [] : [{ id, title, body, ...over }];
  return pageText(
    {
      title: `${MARK[diagnosis.verdict]} ${diagnosis.summary}`,
      lead: lead(page),
      sections: [
        ...section('fix', 'Fix', fixMarkup(diagnosis)),
        ...section('picture', 'Picture', picture),
        ...section('causes', causes.length === 1 ? 'Cause' : `${causes.length} causes`, causesMarkup(diagnosis)),
        ...section('path', 'Path', pathMarkup(diagnosis)),
        ...section('packets', 'Packets', packetsMarkup(diagnosis), { note: `${sightings} seen` }),
        ...section('notes', 'Notes', bullets(notes), { note: String(notes.length) }),
        ...section('looked', 'What was looked at', looked(diagnosis)),
        ...section('facts', 'What the commands printed', factsMarkup(facts), {
          note: facts.map(({ netns }) => netns).join(', '),
          isFolded: true,
        }),
      ],
      styles: picture === undefined ? [] : [PICTURE_STYLE, WHY_PICTURE_STYLE],
      scripts: [],
    },
    origin,
  );
}

function lead({ diagnosis, asOf }: WhyPage): Markup {
  const { verdict, summary } = diagnosis;
  return markup`<h1><span class="${TONE[verdict]}">${MARK[verdict]} ${WORD[verdict]}:</span> ${summary}</h1>
<p class="faint">${endpointQuestion(diagnosis)}, as of <time datetime="${asOf}">${asOf.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time></p>`;
}

function looked(diagnosis: Diagnosis): Markup {
  return pairs(
    lookedFacts(diagnosis).map(({ label, text, command: argv }) => [
      label,
      markup`${text}${argv === undefined ? '' : command(shellLine(argv))}`,
    ]),
  );
}
