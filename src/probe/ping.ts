/**
 * An ICMP probe: ping, ended as soon as it is answered or refused.
 *
 * @module
 */

import { inNetns } from '../host/commands-enter.ts';
import type { ProbeError } from '../journey/observation.ts';
import { Child, linesOf } from '../system/child.ts';
import { howToInstall } from '../system/debian-package.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { isInstalled } from '../system/installed.ts';
import type { Argv } from '../system/run.ts';
import { type Identity, randomPattern } from './identity.ts';
import { readPingLine } from './ping-output.ts';
import { patience, type Sender, type SenderRequest, type Sent } from './sender.ts';

const DEFAULT_PAYLOAD_BYTES = 56; // of every ping
const NOTHING_SENT: Sent = { sent: 0, received: 0, refused: false, errors: [], notes: [] };

/** Prepare a ping; nothing runs yet. */
export function pingSender(request: SenderRequest): Sender {
  const { netns, question, effort, enter = (argv) => argv } = request;
  const pattern = randomPattern();
  const identity: Identity = { kind: 'icmp', pattern, payloadBytes: question.payloadBytes };
  return {
    command: inNetns(netns, pingArgv(request)),
    identity: () => identity,
    async send(enough) {
      if (!isInstalled('ping'))
        return { ...NOTHING_SENT, notes: [`ping is not installed (${howToInstall('ping')}): nothing was sent`] };
      const marked = pingArgv(request, ['-p', Buffer.from(pattern).toString('hex')]);
      const ping = Child.start(argvInNetns(netns.entry, enter(marked)), request);
      const said = new PingRecord(question.destination);
      const settled = new AbortController();
      const listen = async (stream: Child['stdout']) => {
        for await (const line of linesOf(stream)) if (said.note(line)) settled.abort();
      };
      const heard = Promise.all([listen(ping.stdout), listen(ping.stderr), ping.ended]);
      await patience(effort.patienceMs, ping.ended, enough, settled.signal);
      // It counts what it has sent, and ends.
      ping.signal('SIGINT');
      const [, , exitCode] = await heard;
      return said.conclude(exitCode);
    },
  };
}

function pingArgv({ question, effort }: SenderRequest, marks: readonly string[] = []): Argv {
  const { destination, from, sourcePort, payloadBytes, dontFragment } = question;
  const size = payloadBytes === DEFAULT_PAYLOAD_BYTES ? [] : ['-s', String(payloadBytes)];
  const pace = ['-c', String(effort.attempts), '-i', String(effort.intervalMs / 1000), '-W', '1'];
  const whole = dontFragment === true ? ['-M', 'do'] : [];
  const source = from === undefined ? [] : ['-I', from];
  const id = sourcePort === undefined ? [] : ['-e', String(sourcePort)];
  return ['ping', '-n', ...pace, ...size, ...whole, ...id, ...marks, ...source, destination];
}

/** What ping has said so far. */
class PingRecord {
  readonly #destination: string;
  readonly #errors = new Map<string, ProbeError>();
  readonly #notes = new Set<string>();
  #sent = 0;
  #received = 0;

  constructor(destination: string) {
    this.#destination = destination;
  }

  /** @returns Whether ping need not go on. */
  note(text: string): boolean {
    const line = readPingLine(text);
    switch (line.kind) {
      case 'answer':
        if (line.isDuplicate) return true;
        this.#received++;
        if (line.from !== undefined && line.from !== this.#destination) {
          this.#notes.add(`The answer came from ${line.from}, not from ${this.#destination}`);
        }
        return true;
      case 'error':
        this.#errors.set(`${line.error.from} ${line.error.text}`, line.error);
        return true;
      case 'summary':
        this.#sent = line.sent;
        return false;
      case 'complaint':
        this.#notes.add(line.text);
        return false;
      case 'redirect':
      case 'other':
        return false;
    }
  }

  conclude(exitCode: number | undefined): Sent {
    const errors = [...this.#errors.values()];
    // What the kernel refuses to connect, ping does not count.
    const sent = Math.max(this.#sent, errors.length > 0 ? 1 : 0);
    const isMute = sent === 0 && this.#notes.size === 0;
    const notes = isMute ? [`ping sent nothing and ended with ${exitCode ?? 'a signal'}`] : [...this.#notes];
    return { sent, received: this.#received, refused: false, errors, notes };
  }
}
