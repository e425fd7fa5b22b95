/**
 * What Wireshark asks an extcap, one question a call.
 *
 * @module
 */

import { collect } from '../../collect/collect.ts';
import { hostOf } from '../../recording/to-host.ts';
import { Failure } from '../../system/failure.ts';
import { run } from '../../system/run.ts';
import type { CommandIo, ExitCode } from '../io.ts';
import { VERSION } from '../version.ts';
import { interfacesOf, obstacleOf } from './interfaces.ts';
import { CONFIG_LINES } from './options.ts';
import { interfaceLines, linkTypeLine, linkTypeName } from './protocol.ts';
import { stream } from './stream.ts';

/** The options of the protocol, as commander has them. */
export interface ExtcapCall {
  readonly extcapInterfaces?: boolean;
  readonly extcapInterface?: string;
  readonly extcapDlts?: boolean;
  readonly extcapConfig?: boolean;
  readonly extcapCaptureFilter?: string;
  readonly capture?: boolean;
  readonly fifo?: string;
  readonly snaplen?: string;
  readonly direction?: string;
}

/** @throws Failure when nothing was asked, or it could not be captured. */
export async function answer(io: CommandIo, call: ExtcapCall): Promise<ExitCode> {
  const { extcapInterface, extcapCaptureFilter, fifo } = call;
  if (call.extcapInterfaces === true) {
    for (const line of await list(io)) io.stdout.write(`${line}\n`);
    return 0;
  }
  if (call.extcapConfig === true) {
    for (const line of CONFIG_LINES) io.stdout.write(`${line}\n`);
    return 0;
  }
  if (extcapInterface === undefined) throw notAsked();
  if (call.extcapDlts === true) {
    io.stdout.write(`${linkTypeLine(extcapInterface)}\n`);
  } else if (call.capture === true && fifo !== undefined) {
    const filter = extcapCaptureFilter ?? '';
    const { snaplen, direction } = call;
    const asked = { value: extcapInterface, fifo, filter, snaplen, direction };
    await stream({ ...asked, signal: io.signal, parent: () => process.ppid });
  } else if (extcapCaptureFilter !== undefined) {
    io.stdout.write(await complaintOf(extcapCaptureFilter, extcapInterface));
  } else {
    throw notAsked();
  }
  return 0;
}

/** Never throws: an extcap that fails takes its place in Wireshark's list away. */
async function list({ signal, stderr }: CommandIo): Promise<readonly string[]> {
  try {
    const host = hostOf(await collect({ version: VERSION, signal }));
    return interfaceLines(VERSION, interfacesOf(host), obstacleOf(host));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.write(`nsdiag: ${error.message}\n`);
    return interfaceLines(VERSION, [], `nsdiag: ${error.message}`);
  }
}

/** What is wrong with a capture filter; empty when nothing is. tcpdump compiles it without listening anywhere. */
async function complaintOf(filter: string, value: string): Promise<string> {
  const { exitCode, stderr } = await run(['tcpdump', '-y', linkTypeName(value), '-d', '--', filter]);
  return exitCode === 0 ? '' : stderr.replace(/^tcpdump: (?=\S)/, '');
}

function notAsked(): Failure {
  const hint = 'Put it where Wireshark looks: nsdiag extcap --install';
  return new Failure(
    'usage',
    'Cannot tell what to do: an extcap is asked by Wireshark, and this is none of its questions',
    hint,
  );
}
