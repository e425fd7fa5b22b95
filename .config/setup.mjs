/**
 * What a checkout needs before it can run: Debian's programs and npm's packages. `npm run demo` and `npm test` begin
 * here, on a machine that may hold nothing but Node and this checkout, so this file imports only Node itself.
 *
 *     node .config/setup.mjs demo|test
 *
 * Installs what is missing and says so; installs nothing, and is done at once, when nothing is. Without root it prints
 * the command that installs the programs and goes on. Exit: 0 go on, 2 cannot go on (says why).
 *
 * Limit: installs with apt-get only; elsewhere it names the programs that are missing.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
// nsdiag itself runs on any Node 20; vite and oxc-parser, which the tests use, ask for this one.
const OLDEST_NODE = [20, 19];

/** What needs a program; the tests need what the demo needs. */
const EVERYBODY = ['demo', 'test'];
const TESTS = ['test'];

const DEBIAN_PACKAGES = [
  { name: 'iproute2', program: 'ip', neededBy: EVERYBODY, why: 'makes and reads namespaces, links, addresses, routes' },
  { name: 'iputils-ping', program: 'ping', neededBy: EVERYBODY, why: 'the probe' },
  { name: 'tcpdump', program: 'tcpdump', neededBy: EVERYBODY, why: 'the witness on the wire' },
  { name: 'nftables', program: 'nft', neededBy: EVERYBODY, why: 'reads and makes nft rules' },
  { name: 'iptables', program: 'iptables', neededBy: EVERYBODY, why: 'reads and makes iptables rules (both backends)' },
  { name: 'procps', program: 'sysctl', neededBy: EVERYBODY, why: 'the sysctls of a lab, and those of a fix' },
  {
    name: 'util-linux',
    program: 'unshare',
    neededBy: EVERYBODY,
    why: 'the private world of the demo and of each test',
  },
  { name: 'mount', program: 'mount', neededBy: EVERYBODY, why: 'a /run/netns of its own for that world' },
  { name: 'bridge-utils', program: 'brctl', neededBy: TESTS, why: 'the tutorials are typed as they are written' },
  { name: 'net-tools', program: 'ifconfig', neededBy: TESTS, why: 'the same' },
  { name: 'ethtool', program: 'ethtool', neededBy: TESTS, why: 'reads and switches the offloads of a device' },
  { name: 'tshark', program: 'tshark', neededBy: TESTS, why: 'judges the analysis of TCP segments' },
  { name: 'conntrack', program: 'conntrack', neededBy: TESTS, why: 'forgets old connections, as a fix does' },
];

const purpose = process.argv[2];
if (purpose !== 'demo' && purpose !== 'test') {
  stop('Cannot set up: say for what, `node .config/setup.mjs demo` or `test`');
}
if (nodeIsTooOld()) {
  stop(
    `Cannot set up: this is Node ${process.versions.node}, a checkout of nsdiag needs ${OLDEST_NODE.join('.')} or newer`,
  );
}

const isRoot = process.getuid?.() === 0;
setUpPrograms(DEBIAN_PACKAGES.filter((each) => each.neededBy.includes(purpose) && !isInstalled(each.program)));
setUpNpmPackages();
if (purpose === 'demo' && !isRoot) {
  stop('Cannot run the demo: it makes network namespaces, which needs root\nsudo env "PATH=$PATH" npm run demo');
}

function nodeIsTooOld() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

/** @param {typeof DEBIAN_PACKAGES} missing */
function setUpPrograms(missing) {
  if (missing.length === 0) return;
  const names = missing.map((each) => each.name);
  for (const { program, name, why } of missing) say(`missing: ${program} (Debian package ${name}): ${why}`);
  if (!isInstalled('apt-get')) {
    say('this machine has no apt-get: install these programs, then run this again; going on without them');
    return;
  }
  if (!isRoot) {
    say('to install them, then run this again (going on without them):');
    say(`sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`);
    return;
  }
  say(`installing with apt-get: ${names.join(' ')}`);
  // Some packages ask questions while they are installed; nobody is there to answer.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['-qq', 'update'], env);
  run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...names], env);
  say('installed');
}

function setUpNpmPackages() {
  const because = npmPackagesOutOfDate();
  if (because === undefined) return;
  say(`installing the npm packages of package-lock.json (${because})`);
  // No install script is needed: the one there is, esbuild's, only saves a few milliseconds a start.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], process.env);
}

/**
 * Why node_modules does not hold what the lock file asks for. npm leaves its own list of what it installed inside
 * node_modules; packages for other platforms are in the lock file only, and optional.
 *
 * @returns {string | undefined}
 */
function npmPackagesOutOfDate() {
  const installedList = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedList)) return 'node_modules is missing';
  const wanted = packagesIn(join(ROOT, 'package-lock.json'));
  const installed = packagesIn(installedList);
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path]?.version;
    if (found === version || (found === undefined && optional)) continue;
    return `${path} is ${found ?? 'missing'}, not ${version}`;
  }
  return undefined;
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/**
 * Debian keeps ip, nft and sysctl in sbin, which is not on the PATH of people who are not root.
 *
 * @param {string} program
 */
function isInstalled(program) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a program to its end. What it said is shown only if it failed: apt-get and dpkg have a lot to say.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
function run(program, args, env) {
  /** @type {import('node:child_process').SpawnSyncOptionsWithStringEncoding} */
  const options = { cwd: ROOT, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: Infinity };
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  stop(`Cannot set up: \`${program} ${args.join(' ')}\` ${error ? `did not start: ${error.message}` : 'failed'}`);
}

/** @param {string} line */
function say(line) {
  console.error(`setup: ${line}`);
}

/**
 * @param {string} reason
 * @returns {never}
 */
function stop(reason) {
  for (const line of reason.split('\n')) say(line);
  process.exit(2);
}
