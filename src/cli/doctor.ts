/**
 * What this machine has of all that nsdiag uses: root, programs, what the kernel lets us do.
 *
 * Every program is tried as nsdiag would run it: by its name, through the PATH. Nothing is changed.
 *
 * @module
 */

import { release } from 'node:os';
import { deadInstances, whyNoNftTrace, whyNoTracefs } from '../probe/kernel/available.ts';
import type { Check } from '../report/text/checkup.ts';
import { howToInstall } from '../system/debian-package.ts';
import { isInstalled } from '../system/installed.ts';
import { type Argv, run } from '../system/run.ts';

interface Program {
  readonly name: string;
  readonly version: Argv;
  readonly costs: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'ip',
    version: ['ip', '-V'],
    costs: 'everything but why --snapshot: nothing can be read, and no fix can be run',
  },
  {
    name: 'bridge',
    version: ['bridge', '-V'],
    costs: 'what bridges have learned and been told; where that decides, the answer is undecided',
  },
  {
    name: 'tcpdump',
    version: ['tcpdump', '--version'],
    costs: 'the last place where the packet was seen; ping still tells whether it arrives',
  },
  {
    name: 'ping',
    version: ['ping', '-V'],
    costs: 'the verdict of the wire for ICMP; the model still answers',
  },
  {
    name: 'nft',
    version: ['nft', '--version'],
    costs: 'nft rules: where there may be some, the answer is undecided',
  },
  {
    name: 'iptables',
    version: ['iptables-nft-save', '--version'],
    costs: 'iptables rules: where there may be some, the answer is undecided',
  },
  {
    name: 'ss',
    version: ['ss', '-V'],
    costs: 'who listens: for --proto tcp and udp the answer is undecided',
  },
  {
    name: 'sysctl',
    version: ['sysctl', '-V'],
    costs: 'fixes that set a sysctl cannot be run as printed',
  },
  {
    name: 'conntrack',
    version: ['conntrack', '--version'],
    costs: 'fixes that forget an old connection cannot be run as printed',
  },
  {
    name: 'nsenter',
    version: ['nsenter', '-V'],
    costs: 'namespaces that have no name, such as those of containers, cannot be entered',
  },
];

/** Look at everything at once. */
export async function checkMachine(signal: AbortSignal): Promise<readonly Check[]> {
  const [isolation, traces, ...programs] = await Promise.all([
    checkIsolation(signal),
    checkTraces(signal),
    ...PROGRAMS.map((program) => checkProgram(program, signal)),
  ]);
  return [checkRoot(), checkKernel(), isolation, ...programs, ...traces];
}

function checkRoot(): Check {
  const uid = process.geteuid?.() ?? -1;
  return {
    name: 'root',
    found: uid === 0 ? 'user 0' : `this is user ${uid}`,
    isThere: uid === 0,
    costs: 'other namespaces cannot be entered: only why --snapshot, which needs none, answers',
    remedy: 'run nsdiag with sudo',
  };
}

function checkKernel(): Check {
  return {
    name: 'Linux',
    found: `${process.platform} ${release()}`,
    isThere: process.platform === 'linux',
    costs: 'everything but why --snapshot',
    remedy: 'take a snapshot on a Linux machine, and ask it here',
  };
}

/** Namespaces are read from a mount and a PID namespace of our own; inside a container even root may not make them. */
async function checkIsolation(signal: AbortSignal): Promise<Check> {
  const result = await run(['unshare', '--mount', '--pid', '--fork', 'true'], { signal, timeoutMs: 10_000 });
  const [complaint = ''] = result.stderr.split('\n');
  const why = result.missing ? 'unshare is not installed, or not on the PATH' : complaint;
  return {
    name: 'mount ns',
    found: result.exitCode === 0 ? 'may be made' : why,
    isThere: result.exitCode === 0,
    costs: 'only the namespace that nsdiag runs in can be read',
    remedy: 'run nsdiag as root, outside of a container or in one that has CAP_SYS_ADMIN',
  };
}

/** The kernel as a witness of a loss. Where there is no nft, its own line says so. */
async function checkTraces(signal: AbortSignal): Promise<readonly Check[]> {
  const [drops, rules] = await Promise.all([whyNoTracefs(signal), isInstalled('nft') ? whyNoNftTrace(signal) : 'none']);
  const left = await deadInstances(signal);
  const leftText =
    left.length === 0 ? '' : `; left by an nsdiag that was killed, gone after the next why: ${left.join(', ')}`;
  const tracefs: Check = {
    name: 'tracefs',
    found: drops === undefined ? `tells why the kernel drops a packet${leftText}` : `${drops}${leftText}`,
    isThere: drops === undefined,
    costs: "the kernel's own word for why it dropped a packet; model and wire still answer",
    remedy:
      'run nsdiag as root; in a container, with CAP_SYS_ADMIN and tracefs; it needs Linux 5.17 with CONFIG_FTRACE',
  };
  const nftTrace: Check = {
    name: 'nft trace',
    found: rules ?? 'tells which rule took a packet',
    isThere: rules === undefined,
    costs: "the kernel's own word for which rule took a packet; the model still names it",
    remedy: 'run nsdiag as root; it needs Linux 5.12 and an nft with an interactive mode (nft -i)',
  };
  return rules === 'none' ? [tracefs] : [tracefs, nftTrace];
}

async function checkProgram(program: Program, signal: AbortSignal): Promise<Check> {
  const result = await run(program.version, { signal, timeoutMs: 10_000 });
  const [firstLine = ''] = `${result.stdout}${result.stderr}`.split('\n');
  return {
    name: program.name,
    found: result.missing ? 'not installed, or not on the PATH' : firstLine,
    isThere: result.exitCode === 0,
    costs: program.costs,
    remedy: howToInstall(program.version[0]) ?? `install ${program.name}`,
  };
}
