/**
 * What was asked, in one line.
 *
 * @module
 */

import type { Diagnosis } from '../diagnosis/diagnosis.ts';

/** `ns1 to 10.0.2.1 (web), tcp port 80, from 10.0.1.1, 1472 bytes in one piece`. */
export function endpointQuestion({ question, unresolved }: Diagnosis): string {
  const { netns, proto, port, from } = unresolved?.wanted ?? question;
  const name = unresolved === undefined && question.name !== undefined ? ` (${question.name})` : '';
  return [
    `${netns} to ${unresolved?.name ?? question.destination}${name}`,
    port === undefined ? proto : `${proto} port ${port}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(question.dontFragment ? [`${question.payloadBytes} bytes in one piece`] : []),
  ].join(', ');
}
