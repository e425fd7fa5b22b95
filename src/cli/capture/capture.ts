/**
 * `nsdiag capture`: listen everywhere, follow every packet, say what became of it, and leave nothing behind.
 *
 * @module
 */

import { writeRecording } from '../../recording/read-recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import { CleanupStack } from '../../system/cleanup.ts';
import { Failure } from '../../system/failure.ts';
import { canBeRun } from '../../system/installed.ts';
import { requireRoot } from '../../system/world.ts';
import type { CommandIo, ExitCode } from '../io.ts';
import { onMachine } from '../why/on-machine.ts';
import { startReading } from '../why/reading.ts';
import { conclude } from './conclude.ts';
import { listen, untilOver } from './listen.ts';
import { outputOf } from './output.ts';
import type { CaptureRequest } from './request.ts';
import { openSession, type Session } from './session.ts';
import { choose } from './where.ts';

/** @throws Failure when nothing can be listened to, or the file not be written. */
export async function capture(io: CommandIo, request: CaptureRequest): Promise<ExitCode> {
  requireRoot('Cannot capture');
  refuseMissing(request.program);
  io.expectInterruption();
  const { signal } = io;
  const recording = startReading(signal);
  const ground = await onMachine({ probe: true, trace: false }, signal, recording);
  const stack = new CleanupStack();
  let session: Session | undefined;
  try {
    const host = await ground.look();
    const chosen = await choose(request.where, host, ground);
    const snapshot = writeRecording(await recording);
    const output = outputOf(io, request);
    session = await openSession({ request, host, chosen, snapshot, output, stack, signal, lookAgain });
    const [first] = await listen(session, io.stderr);
    await untilOver(session, first);
    return await conclude(session);
  } finally {
    session?.live.abandon();
    await stack.close();
    await ground.leave();
  }
}

/** Before anybody listens: what others send meanwhile would pass for what it did. */
function refuseMissing([program]: readonly string[] = []): void {
  if (program === undefined || canBeRun(program)) return;
  const why = program.includes('/') ? 'there is no such file that can be run' : 'it is not installed';
  throw new Failure('tool-missing', `Cannot run ${program}: ${why}`);
}

/** The machine as it is now, however the capture was ended. */
async function lookAgain() {
  try {
    return hostOf(await startReading(new AbortController().signal));
  } catch {
    return undefined; // as it was when it began, then
  }
}
