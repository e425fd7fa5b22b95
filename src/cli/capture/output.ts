/**
 * Where a capture says what: journeys and the summary, which make room for the packets when these go to standard output, and
 * notices of what went otherwise, which the summary repeats.
 *
 * @module
 */

import { escapeText } from '../../report/escape.ts';
import { noticeDocument } from '../../report/live-json.ts';
import { jsonLine } from '../../report/print-json.ts';
import { type Style, styleOf } from '../../report/text/style.ts';
import type { CommandIo, Writer } from '../io.ts';
import type { CaptureRequest } from './request.ts';
import { View } from './view.ts';

export interface CaptureOutput {
  readonly out: Writer;
  readonly style: Style;
  readonly view: View;
  /** All that were given, in their order. */
  readonly notices: readonly string[];
  readonly notice: (text: string) => void;
  /** Nobody reads the journeys any more: `| head` has what it wanted. */
  readonly isGone: () => boolean;
  /** The view goes by the time that it was then: read once for many packets. */
  readonly tick: () => void;
}

export function outputOf(io: CommandIo, { file, isJson }: Pick<CaptureRequest, 'file' | 'isJson'>): CaptureOutput {
  const out = file === '-' ? io.stderr : io.stdout;
  const style = styleOf(file === '-' ? io.color.stderr : io.color.stdout, io.terminal.columns);
  const isOneLine = !io.terminal.stdoutIsTerminal;
  let nowMs = performance.now();
  const notices: string[] = [];
  return {
    out,
    style,
    view: new View(out, { isJson, style, isOneLine }, () => nowMs),
    notices,
    notice: (text) => {
      notices.push(text);
      if (isJson) out.write(jsonLine(noticeDocument(text, BigInt(Date.now()) * 1_000_000n)));
      else io.stderr.write(`nsdiag: ${escapeText(text)}\n`);
    },
    isGone: () => out.isClosed?.() === true,
    tick: () => {
      nowMs = performance.now();
    },
  };
}
