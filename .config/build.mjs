/**
 * src/ to dist/: one script with what V8 compiled of it, those that few commands load, and the module that starts it; the labs, the JSON schemas and
 * the manual page beside it; and the licences of everything bundled.
 *
 *     node .config/build.mjs [--if-stale]
 *
 * The layout engine of pictures is larger than all the rest together: it is a script of its own, loaded when a picture is
 * drawn.
 *
 * pcap-parser stays outside and travels in the tarball's node_modules: it calls `new Buffer`, and Node keeps silent
 * about that only for code under node_modules.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const BUILT_FROM = ['src', 'package.json', 'package-lock.json', '.config/build.mjs'].map((path) => join(ROOT, path));

/** Data that the program reads at run time, from beside the chunk that reads it. */
const COPIED = [
  { from: 'src/lab/labs', extension: '.yaml', to: 'labs' },
  { from: 'src/report/schemas', extension: '.json', to: 'schemas' },
];

// What start.ts calls. A dynamic import within the bundle becomes a call, and of pcap-parser a require().
const SCRIPT = {
  platform: 'node',
  format: 'cjs',
  banner: {
    js: '(function (require, module, scriptPath) { const scriptUrl = require("node:url").pathToFileURL(scriptPath).href;',
  },
  footer: { js: '})' },
  define: { 'import.meta.url': 'scriptUrl' },
  supported: { 'dynamic-import': false },
};

/** The package's name in the sources, and the script beside nsdiag.cjs that it becomes. */
const LAYOUT_ENGINE = { module: 'elkjs/lib/elk.bundled.js', script: 'layout-engine.cjs' };

const layoutEngineApart = {
  name: 'layout-engine-apart',
  /** @param {import('esbuild').PluginBuild} build */
  setup: ({ onResolve }) =>
    onResolve({ filter: /^elkjs\// }, () => ({ path: `./${LAYOUT_ENGINE.script}`, external: true })),
};

/**
 * What goes through millions of packets, in a script of its own. In the other one each module is wrapped into a function
 * that runs when it is first imported, so that V8 cannot know that constants are constant: all of `analyze` took 1.35
 * times as long.
 */
const CAPTURES = { module: 'src/cli/analyze/read-captures.ts', script: 'read-captures.cjs' };
const MAIN = { module: 'src/cli/main.ts', script: 'nsdiag.cjs' };

/** What start.ts loads with its compiled code, and what is asked so that V8 compiles what is worth keeping. */
const COMPILED = [
  { ...MAIN, job: ['why', 'host', '127.0.0.1'] },
  { ...CAPTURES, job: ['analyze', join(ROOT, 'captures/no-return-route.pcap')] },
];

/** What a thread of its own runs, see src/cli/analyze/sightings-apart.ts. */
const SIGHTINGS = { module: 'src/cli/analyze/sightings-worker.ts', script: 'sightings-worker.cjs' };

const capturesApart = {
  name: 'captures-apart',
  /** @param {import('esbuild').PluginBuild} build */
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/read-captures\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${CAPTURES.script}`, external: true } : undefined,
    ),
};

if (process.argv.includes('--if-stale') && isFresh()) process.exit(0);

// Built aside and moved into place: a nsdiag that is running finds the old dist or the new one, never half of one.
const fresh = `${DIST}.new-${process.pid}`;
const stale = `${DIST}.old-${process.pid}`;
try {
  const inputs = await bundle(fresh);
  for (const { from, extension, to } of COPIED) copyFolder(join(ROOT, from), extension, join(fresh, to));
  writeFileSync(join(fresh, 'THIRD-PARTY-LICENSES.txt'), licencesOf(inputs));
  await writeManual(join(fresh, 'man'));
  for (const { script, job } of COMPILED) {
    toAscii(join(fresh, script));
    compileAhead(join(fresh, script), job);
  }
  if (existsSync(DIST)) renameSync(DIST, stale);
  renameSync(fresh, DIST);
} catch (error) {
  // What is wrong with the source esbuild has said already, with file and line.
  if (!(error instanceof Error && 'errors' in error)) throw error;
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
  rmSync(stale, { recursive: true, force: true });
}

function isFresh() {
  const built = join(DIST, 'cli.js');
  return existsSync(built) && newestChangeMs(BUILT_FROM) < statSync(built).mtimeMs;
}

/**
 * Folders count too: a file that was removed changes only its folder.
 *
 * @param {string[]} paths
 * @returns {number}
 */
function newestChangeMs(paths) {
  return Math.max(
    0,
    ...paths.map((path) => {
      const found = statSync(path);
      if (!found.isDirectory()) return found.mtimeMs;
      return Math.max(found.mtimeMs, newestChangeMs(readdirSync(path).map((name) => join(path, name))));
    }),
  );
}

/**
 * @param {string} outdir
 * @returns {Promise<string[]>} the files that went into the bundle
 */
async function bundle(outdir) {
  const common = { absWorkingDir: ROOT, bundle: true, target: 'node20', metafile: true, logLevel: 'warning' };
  const bundles = await Promise.all([
    build({
      ...common,
      entryPoints: ['src/cli/start.ts'],
      outfile: join(outdir, 'cli.js'),
      platform: 'node',
      format: 'esm',
    }),
    build({
      ...common,
      ...SCRIPT,
      entryPoints: [MAIN.module],
      outfile: join(outdir, MAIN.script),
      external: ['pcap-parser'],
      legalComments: 'linked',
      plugins: [layoutEngineApart, capturesApart],
    }),
    build({
      ...common,
      ...SCRIPT,
      entryPoints: [CAPTURES.module],
      outfile: join(outdir, CAPTURES.script),
    }),
    build({
      ...common,
      entryPoints: [SIGHTINGS.module],
      outfile: join(outdir, SIGHTINGS.script),
      platform: 'node',
      format: 'cjs',
    }),
    build({
      ...common,
      entryPoints: [LAYOUT_ENGINE.module],
      outfile: join(outdir, LAYOUT_ENGINE.script),
      platform: 'node',
      format: 'cjs',
      minify: true,
      external: ['web-worker'],
    }),
  ]);
  return bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

/**
 * The manual page is made by the program's own definitions, so they are run.
 *
 * @param {string} folder
 */
async function writeManual(folder) {
  const outfile = join(folder, 'manual.mjs');
  const entry = { entryPoints: ['src/cli/manual.ts'], outfile, platform: 'node', format: 'esm', packages: 'external' };
  await build({ absWorkingDir: ROOT, bundle: true, target: 'node20', logLevel: 'warning', ...entry });
  const { manualPage } = await import(outfile);
  writeFileSync(join(folder, 'nsdiag.1'), await manualPage());
  rmSync(outfile);
}

/**
 * esbuild escapes what is not ASCII in strings, and leaves it in comments and in regular expressions, where an escape
 * means the same.
 *
 * @param {string} script
 */
function toAscii(script) {
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(script, readFileSync(script, 'utf8').replace(/[^\0-\x7f]/g, escaped));
}

/**
 * Keep what V8 compiles for a job, asked in an empty network of its own, where even lo is down: for `why` reading, both
 * legs, the fault, the report. Where no such network can be made, everything is compiled at each start.
 *
 * @param {string} script
 * @param {string[]} job
 */
function compileAhead(script, job) {
  const alone = ['--user', '--map-root-user', '--net', '--mount', '--pid', '--fork', '--mount-proc'];
  const cache = [process.execPath, join(ROOT, '.config/code-cache.mjs'), script, ...job];
  spawnSync('unshare', [...alone, '--', ...cache], { stdio: 'ignore' });
  if (!existsSync(`${script}.compiled`))
    console.warn(`nsdiag will start more slowly: ${basename(script)} could not be run once to compile it ahead`);
}

/**
 * @param {string} from
 * @param {string} extension
 * @param {string} to
 */
function copyFolder(from, extension, to) {
  if (!existsSync(from)) return;
  cpSync(from, to, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || extname(path) === extension,
  });
}

/**
 * The licences ask to travel with every copy of the code, and the bundle is one.
 *
 * @param {string[]} inputs
 */
function licencesOf(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(ROOT, folder, file), 'utf8').trim() : '';
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
