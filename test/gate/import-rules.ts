/**
 * Who may import whom in src/ (STYLE: "Imports"), each rule with the sentence that a person who breaks it needs.
 * `src/README.md` shows the same as a picture.
 *
 * @module
 */

import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import type { SourceFile } from './source-file.ts';

interface FolderRule {
  readonly kind: 'pure' | 'edge';
  /** The folders directly below; what those may import is allowed too. */
  readonly above: readonly string[];
  readonly because: string;
}

const FOLDERS: Readonly<Record<string, FolderRule>> = {
  net: pure([], 'net holds values that know nobody'),
  wire: pure(['net'], 'wire turns bytes into headers and knows no host'),
  host: pure(['net'], 'host says what a Linux host is made of, not what happens to a packet in it'),
  recording: pure(['host'], 'recording turns what commands printed into a host, and asks nothing about packets'),
  redact: pure(['recording'], 'redact changes a recording; what is made of it does not know'),
  topology: pure(['host'], 'topology says what is wired to what, before any packet is sent'),
  journey: pure(['host'], 'a journey is the same whether predicted or observed: it knows neither walk nor probe'),
  walk: pure(['topology', 'journey'], 'walk predicts; what is wrong with the prediction is for faults to say'),
  faults: pure(['walk'], 'a fault rule reads journeys; the loop that repairs stands above it, in diagnosis'),
  diagnosis: pure(['faults'], 'diagnosis answers with values; how they look is for report'),
  postmortem: pure(['wire', 'journey'], 'postmortem explains frames alone: there is no host to walk through'),
  inquest: pure(
    ['diagnosis', 'postmortem'],
    'the inquest asks the model about what captures show; how its answer looks is for report',
  ),
  handbook: pure([], 'the handbook is prose about codes, and decides nothing'),
  report: pure(['diagnosis', 'postmortem', 'inquest', 'handbook'], 'report formats what it is given'),
  system: edge([], 'system is the door to the machine and knows nothing of what is asked through it'),
  collect: edge(['system'], 'collect reads the machine; it neither changes it nor sends packets'),
  capture: edge(['system'], 'capture listens; who sends is for probe to know'),
  lab: edge(['system'], 'lab makes namespaces; it must work without what it is there to test'),
  probe: edge(['collect', 'capture', 'lab'], 'probe sends and listens; commands and options belong to cli'),
  cli: edge([], 'only bin imports cli'),
};

/** npm packages and Node's modules that have one home, so that there is one door to each. */
const HOMES: Readonly<Record<string, { readonly folders: readonly string[]; readonly because: string }>> = {
  execa: { folders: ['system'], because: 'system is the only door to programs: use its run()' },
  'node:child_process': { folders: ['system'], because: 'system is the only door to programs: use its run()' },
  commander: { folders: ['cli'], because: 'only cli knows how nsdiag is called' },
  'pcap-parser': { folders: ['capture'], because: 'it reads the live stream of tcpdump; saved captures are for wire' },
  elkjs: { folders: ['report'], because: 'pictures are laid out in report/svg' },
  'cli-table3': { folders: ['report'], because: 'tables are drawn in report' },
};

const REFUSED_FOLDER_NAMES = /^(utils?|common|shared|types|helpers|misc)$/;

/** Every breach of a rule, as a sentence. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  return [...files.flatMap(violationsIn), ...cyclesIn(files)];
}

function violationsIn(file: SourceFile): readonly string[] {
  const folder = folderOf(file.path);
  const rule = FOLDERS[folder];
  const refused = file.path.split('/').find((name) => REFUSED_FOLDER_NAMES.test(name));
  if (refused) return [`${file.path}: a folder called ${refused} says nothing about what is in it: name the subject`];
  if (!rule) return [`${file.path} stands in no folder that import-rules.ts knows`];

  const found = file.imports.flatMap((specifier) => {
    const because = violationOf(file.path, folder, rule, specifier);
    return because === undefined ? [] : [`${file.path} imports ${specifier ?? 'a computed path'}: ${because}`];
  });
  if (file.isBarrel) found.push(`${file.path} only passes on what other files export: import from where it is made`);
  return found;
}

function violationOf(path: string, folder: string, rule: FolderRule, specifier: string | undefined) {
  if (specifier === undefined) return 'nobody can check where that leads: write the path out';
  if (!specifier.startsWith('.')) return violationByPackage(folder, rule, specifier);

  const target = posix.join(posix.dirname(path), specifier);
  if (target === 'package.json' && folder === 'cli') return undefined; // for the version
  if (!target.startsWith('src/')) return 'src stands alone: what the program needs is in src';
  const targetFolder = folderOf(target);
  if (folder === targetFolder || folder === 'cli') return undefined;
  if (targetFolder === 'cli') return 'only bin imports cli';
  if (rule.kind === 'edge' && FOLDERS[targetFolder]?.kind === 'pure') return undefined;
  if (rule.kind === 'pure' && FOLDERS[targetFolder]?.kind === 'edge') {
    return `${folder} computes and must answer the same on any machine: pass in what ${targetFolder} found`;
  }
  return allBelow(folder).has(targetFolder) ? undefined : rule.because;
}

function violationByPackage(folder: string, rule: FolderRule, specifier: string) {
  if (rule.kind === 'pure' && isNodeModule(specifier)) {
    return `${folder} computes and must answer the same on any machine: pass in what Node would tell`;
  }
  const home = HOMES[packageOf(specifier)];
  return home === undefined || home.folders.includes(folder) ? undefined : home.because;
}

/** `elkjs/lib/elk.bundled.js` is elkjs. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

function allBelow(folder: string): ReadonlySet<string> {
  const above = FOLDERS[folder]?.above ?? [];
  return new Set(above.flatMap((each) => [each, ...allBelow(each)]));
}

function folderOf(path: string): string {
  return path.split('/').length > 2 ? (path.split('/')[1] ?? '') : '';
}

/** Every file that can reach itself, by the shortest way round, each round told once. */
function cyclesIn(files: readonly SourceFile[]): readonly string[] {
  const importsOf = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap((each) => (each?.startsWith('.') ? [posix.join(posix.dirname(path), each)] : [])),
    ]),
  );
  const told = new Set<string>();
  const cycles: string[] = [];
  for (const { path } of files) {
    const cycle = shortestWayBack(path, importsOf);
    const members = cycle?.slice(1).sort().join();
    if (cycle === undefined || members === undefined || told.has(members)) continue;
    told.add(members);
    cycles.push(`${cycle.join(' -> ')}: files that need each other are one file, or want a third`);
  }
  return cycles;
}

function shortestWayBack(start: string, importsOf: ReadonlyMap<string, readonly string[]>) {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of importsOf.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return [...way, next];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

function pure(above: readonly string[], because: string): FolderRule {
  return { kind: 'pure', above, because };
}

function edge(above: readonly string[], because: string): FolderRule {
  return { kind: 'edge', above, because };
}
