/**
 * The steps that put an XDP program on a device which drops every frame that comes in.
 *
 * @module
 */

import { Buffer } from 'node:buffer';
import { ipIn, place } from './commands.ts';
import type { Fault } from './schema.ts';
import { command, onHost, type Step } from './step.ts';
import { XDP_SECTION, xdpDropObject } from './xdp-object.ts';

/** Beside the state of the labs, which a reboot takes along. */
const OBJECT = '/run/nsdiag/xdp-drop.o';

/** The object file, and the program of it on each device. */
export function xdpSteps({ xdp }: Fault): readonly Step[] {
  if (xdp.length === 0) return [];
  const encoded = Buffer.from(xdpDropObject()).toString('base64');
  const write = ['sh', '-c', 'printf %s "$1" | base64 -d >"$2"', 'write', encoded, OBJECT] as const;
  return [
    command('an XDP program that drops every frame', write, { kind: 'file', path: OBJECT }),
    ...xdp.map(({ netns, dev }) => {
      const argv = [...ipIn(netns), 'link', 'set', 'dev', dev, 'xdp'] as const;
      const off = { kind: 'setting', remove: [...argv, 'off'] } as const;
      return command(
        `XDP on ${dev} of ${place(netns)}`,
        [...argv, 'object', OBJECT, 'section', XDP_SECTION],
        ...onHost(netns, off),
      );
    }),
  ];
}
