/**
 * The program that opens TCP connections or sends UDP datagrams from inside a namespace. It is Node itself, entered
 * with nsenter: a process has one network namespace, and nothing else need be installed.
 *
 * It says `ready`, waits for a line on its input, so that its own start (40 ms) is over before the probe begins, and
 * then says what becomes of each attempt, one JSON object a line, until its input ends: then it says what it has been told
 * by then, and ends too.
 *
 * @module
 */

import type { Argv } from '../system/run.ts';

/** What it is told, as JSON, in its first argument. */
export interface SocketTask {
  readonly proto: 'tcp' | 'udp';
  readonly host: string;
  readonly port: number;
  /** The source address to bind. */
  readonly from: string | undefined;
  /** The source port to bind; when it is taken, UDP takes another, unless `insistsOnPort`. */
  readonly sourcePort: number | undefined;
  readonly insistsOnPort: boolean;
  /** UDP: what to send, base64, one for each attempt. */
  readonly payloads: readonly string[];
  readonly attempts: number;
  readonly intervalMs: number;
}

/** What it says. Attempts count from 1. */
export type SocketEvent =
  | { readonly event: 'ready' }
  | { readonly event: 'sent'; readonly attempt: number; readonly sourcePort: number }
  | { readonly event: 'answered'; readonly attempt: number }
  /** `code` as libuv names it: ECONNREFUSED. */
  | { readonly event: 'error'; readonly attempt: number; readonly code: string };

/** The command to run in the namespace. */
export function socketProgram(task: SocketTask): Argv {
  return [process.execPath, '--no-warnings', '--eval', PROGRAM, '--', JSON.stringify(task)];
}

/** Read one line of what it says. */
export function readSocketEvent(line: string): SocketEvent | undefined {
  try {
    // Our own program wrote it; what else is on that stream (a warning of Node's) is no JSON.
    return JSON.parse(line) as SocketEvent;
  } catch {
    return undefined;
  }
}

/** CommonJS, because that is what `--eval` takes; Node offers its own modules as globals there. */
const PROGRAM = `
const task = JSON.parse(process.argv[1]);
const say = (event) => process.stdout.write(JSON.stringify(event) + '\\n');
const failed = (attempt) => (error) => say({ event: 'error', attempt, code: error.code ?? error.message });

function connect(attempt) {
  const socket = net.connect({ host: task.host, port: task.port, localAddress: task.from, localPort: task.sourcePort });
  // The kernel gives the port when it is asked to connect, which Node does in the next tick; an error comes later still.
  process.nextTick(() => socket.localPort && say({ event: 'sent', attempt, sourcePort: socket.localPort }));
  socket.on('error', failed(attempt));
  socket.on('connect', () => {
    say({ event: 'answered', attempt });
    socket.destroy();
  });
}

function openUdp(sourcePort, then) {
  const socket = dgram.createSocket(task.host.includes(':') ? 'udp6' : 'udp4');
  socket.once('error', (error) => {
    if (error.code === 'EADDRINUSE' && sourcePort && !task.insistsOnPort) openUdp(0, then);
    else failed(1)(error);
  });
  socket.bind({ port: sourcePort, address: task.from }, () => {
    socket.removeAllListeners('error');
    socket.connect(task.port, task.host, (error) => (error ? failed(1)(error) : then(socket)));
  });
}

function send(socket, attempt) {
  const payload = Buffer.from(task.payloads[attempt - 1], 'base64');
  socket.send(payload, 0, payload.length, (error) => {
    if (error) failed(attempt)(error);
    else say({ event: 'sent', attempt, sourcePort: socket.address().port });
  });
}

function repeat(attempt) {
  for (let n = 1; n <= task.attempts; n++) setTimeout(() => attempt(n), (n - 1) * task.intervalMs);
}

process.stdin.once('data', () => {
  if (task.proto === 'tcp') return repeat(connect);
  openUdp(task.sourcePort, (socket) => {
    let last = 0;
    socket.on('error', (error) => failed(last)(error));
    socket.on('message', () => say({ event: 'answered', attempt: last }));
    repeat((attempt) => send(socket, (last = attempt)));
  });
});
// What the kernel knows already is read in this turn or the next.
process.stdin.once('end', () => setImmediate(() => setImmediate(() => process.exit())));
say({ event: 'ready' });
`;
