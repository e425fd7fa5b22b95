/**
 * A TCP or UDP probe: a connection opened (and closed at once), or a datagram that hopes for an answer.
 *
 * A UDP service that keeps silent about what it does not understand looks like a loss to the sender; the sightings show
 * how far the datagram came.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { inNetns } from '../host/commands-enter.ts';
import type { ProbeError } from '../journey/observation.ts';
import { type Port, toPort } from '../net/port.ts';
import { Child, linesOf } from '../system/child.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { dnsQuery, isQueryLength, queryNonce } from './dns-query.ts';
import type { Sought } from './filter.ts';
import { type Identity, NONCE_BYTES, randomNonce } from './identity.ts';
import { patience, type Sender, type SenderRequest, type Sent } from './sender.ts';
import { readSocketEvent, type SocketEvent, type SocketTask, socketProgram } from './socket-program.ts';

const DNS_PORT = 53;
/** Within Linux's default ip_local_port_range, above what services like to take. */
const SOURCE_PORTS = { from: 50_000, to: 60_000 } as const;

/** As libc and every other tool says it; libuv has words of its own. */
const ERROR_TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTUNREACH: 'No route to host',
  EINVAL: 'Invalid argument',
  EMSGSIZE: 'Message too long',
  ENETUNREACH: 'Network is unreachable',
  ENOPROTOOPT: 'Protocol not available',
  EPERM: 'Operation not permitted',
  ETIMEDOUT: 'Connection timed out',
};

/** A sender that is being made ready: its program starts now, and sends nothing yet. */
export interface SocketSender extends Sender {
  /** What a filter must let pass. */
  readonly sought: Sought;
}

/** Start the program that will send. */
export function socketSender(request: SenderRequest, proto: 'tcp' | 'udp', port: Port): SocketSender {
  const { netns, question, effort, enter = (argv) => argv } = request;
  const { payloadBytes } = question;
  const asksForName = proto === 'udp' && port === DNS_PORT && isQueryLength(payloadBytes);
  const nonce = asksForName ? queryNonce(payloadBytes) : randomNonce();
  const payload = asksForName ? dnsQuery : markedPayload;
  const attempts = Array.from({ length: effort.attempts }, (_, index) => index + 1);
  const asked = question.sourcePort;
  const sourcePort = asked ?? request.sourcePort ?? (proto === 'udp' ? randomPort() : undefined);
  const task: SocketTask = {
    proto,
    host: question.destination,
    port,
    from: question.from,
    sourcePort,
    insistsOnPort: asked !== undefined,
    payloads:
      proto === 'udp' ? attempts.map((attempt) => payload(nonce, attempt, payloadBytes).toString('base64')) : [],
    // TCP connects once from one port: the kernel repeats the SYN by itself.
    attempts: proto === 'tcp' && asked !== undefined ? 1 : effort.attempts,
    intervalMs: effort.intervalMs,
  };
  const child = Child.start(argvInNetns(netns.entry, enter(socketProgram(task))), request);
  const record = new SocketRecord(child);
  return {
    sought:
      proto === 'udp' && sourcePort !== undefined ? { kind: 'udp', ports: [port, sourcePort], nonce } : { kind: 'tcp' },
    command: inNetns(netns, [...netcat(proto), ...source(request), question.destination, String(port)]),
    identity: (): Identity =>
      proto === 'udp' ? { kind: 'udp', nonce } : { kind: 'tcp', attempts: record.attemptByPort },
    async send(enough) {
      await record.ready;
      child.write('go\n');
      await patience(effort.patienceMs, child.ended, enough, record.settled);
      child.endInput();
      await child.ended;
      return record.conclude();
    },
  };
}

function randomPort(): Port | undefined {
  return toPort(randomInt(SOURCE_PORTS.from, SOURCE_PORTS.to));
}

function netcat(proto: 'tcp' | 'udp'): readonly string[] {
  return proto === 'tcp' ? ['nc', '-vz', '-w', '1'] : ['nc', '-u', '-w', '1'];
}

function source({ question }: SenderRequest): readonly string[] {
  const { from, sourcePort } = question;
  return [...(from === undefined ? [] : ['-s', from]), ...(sourcePort === undefined ? [] : ['-p', String(sourcePort)])];
}

/** The nonce and the attempt's number, repeated up to the length that was asked for; never shorter than the mark. */
function markedPayload(nonce: Uint8Array, attempt: number, payloadBytes: number): Buffer {
  return Buffer.alloc(Math.max(NONCE_BYTES + 1, payloadBytes), Buffer.from([...nonce, attempt]));
}

/** What the program has said so far. */
class SocketRecord {
  readonly #settled = new AbortController();
  readonly #errors = new Map<string, ProbeError>();
  readonly #attemptByPort = new Map<Port, number>();
  readonly #attempts = new Set<number>();
  readonly #answered = new Set<number>();
  #complaints = '';
  #isRefused = false;
  /** Resolves when the program waits for the word, or has ended without. */
  readonly ready: Promise<void>;

  constructor(child: Child) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints += text;
    });
    this.ready = new Promise((resolve) => {
      void child.ended.then(() => resolve());
      void this.#listen(child, resolve);
    });
  }

  /** Aborted when there is an answer or an error. */
  get settled(): AbortSignal {
    return this.#settled.signal;
  }

  /** By the local port that the kernel gave. */
  get attemptByPort(): ReadonlyMap<Port, number> {
    return this.#attemptByPort;
  }

  async #listen(child: Child, onReady: () => void): Promise<void> {
    for await (const line of linesOf(child.stdout)) {
      const event = readSocketEvent(line);
      if (event?.event === 'ready') onReady();
      else if (event !== undefined) this.#note(event);
    }
  }

  #note(event: Exclude<SocketEvent, { event: 'ready' }>): void {
    if (event.event === 'error' && event.code === 'EADDRINUSE') {
      // Whoever keeps to that port has it: no packet was made.
      this.#complaints = 'the port to send from is taken, and another would be another flow';
      this.#settled.abort();
      return;
    }
    this.#attempts.add(event.attempt);
    switch (event.event) {
      case 'sent': {
        const port = toPort(event.sourcePort);
        if (port !== undefined) this.#attemptByPort.set(port, event.attempt);
        return;
      }
      case 'answered':
        this.#answered.add(event.attempt);
        break;
      case 'error':
        this.#isRefused ||= event.code === 'ECONNREFUSED';
        this.#errors.set(event.code, { from: undefined, text: ERROR_TEXTS[event.code] ?? event.code });
        break;
    }
    this.#settled.abort();
  }

  conclude(): Sent {
    const errors = [...this.#errors.values()];
    const why = this.#complaints.trim().split('\n').at(-1) ?? '';
    return {
      sent: this.#attempts.size,
      received: this.#answered.size,
      refused: this.#isRefused,
      errors,
      notes: this.#attempts.size === 0 ? [`Nothing was sent: ${why === '' ? 'the sending program ended' : why}`] : [],
    };
  }
}
