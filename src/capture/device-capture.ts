/**
 * One tcpdump on one device of a namespace, with the link header that the device has, as it comes.
 *
 * Whoever takes the bytes may be slow: nothing more is read meanwhile, tcpdump waits, and the kernel counts what it had no room for.
 * From when it listens, and that it does not outlive us: as tcpdump.ts.
 *
 * @module
 */

import type { NetnsEntry } from '../host/host.ts';
import { Child, type ChildOptions } from '../system/child.ts';
import { howToInstall } from '../system/debian-package.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { Failure } from '../system/failure.ts';
import { isInstalled } from '../system/installed.ts';
import { type Counters, lastCounters } from './counters.ts';

export interface DeviceCaptureRequest extends Pick<ChildOptions, 'stack'> {
  readonly entry: NetnsEntry;
  /** tcpdump's `any` is all of them. */
  readonly device: string;
  /** For messages: `ns1:veth0`. */
  readonly called: string;
  /** BPF, as tcpdump takes it; empty takes everything. */
  readonly filter: string;
  /** 0: no limit. */
  readonly snapLengthBytes: number;
  /** As seen from the device. */
  readonly direction: 'in' | 'out' | 'inout';
}

/** What tcpdump says when all is well. */
const NO_COMPLAINT = /data link type|listening on|^\d+ packets? /;

export class DeviceCapture {
  readonly #child: Child;
  readonly #called: string;
  #stderr = '';

  private constructor({ entry, device, called, filter, snapLengthBytes, direction, stack }: DeviceCaptureRequest) {
    // The one link type of `any` that tells device and direction; other devices have their own.
    const linkType = device === 'any' ? ['-y', 'LINUX_SLL2'] : [];
    const options = ['-n', '-U', '--immediate-mode', '-Z', 'root', '--time-stamp-precision', 'nano'];
    const what = ['-Q', direction, '-s', String(snapLengthBytes)];
    const argv = ['-i', device, ...linkType, ...options, ...what, '-w', '-', '--', filter];
    this.#called = called;
    this.#child = Child.start(argvInNetns(entry, ['tcpdump', ...argv]), { stack, signal: undefined });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  /**
   * Start it.
   *
   * @throws Failure when tcpdump is not there. What it has to complain of is said by `read()`.
   */
  static start(request: DeviceCaptureRequest): DeviceCapture {
    if (isInstalled('tcpdump')) return new DeviceCapture(request);
    throw new Failure(
      'tool-missing',
      `Cannot capture on ${request.called}: tcpdump is not installed`,
      howToInstall('tcpdump'),
    );
  }

  /**
   * Hand on all that it writes, a classic pcap, until it ends. To be called at once: what nobody reads from a child, execa throws away.
   *
   * @param take Awaited before more is read.
   * @throws Failure when it ended although nobody asked it to.
   */
  async read(take: (bytes: Uint8Array) => Promise<void> | undefined): Promise<void> {
    for await (const chunk of this.#child.stdout) await take(chunk);
    if ((await this.#child.ended) === 0) return;
    const said = this.#stderr.split('\n').filter((line) => line.trim() !== '' && !NO_COMPLAINT.test(line));
    const why = said.length > 0 ? said.join('; ') : `tcpdump ended with ${await this.#child.howEnded}`;
    throw new Failure('command-failed', `Cannot capture on ${this.#called}: ${why}`);
  }

  /** Ask it to end: what it has captured is handed on, and `read()` answers. */
  end(): void {
    this.#child.signal('SIGTERM');
  }

  /** What it counted, once it has ended. */
  get counters(): Counters | undefined {
    return lastCounters(this.#stderr);
  }
}
