/**
 * What was lost on the way, as the packet that somebody wanted to send: of a lost reply, what it answers.
 *
 * @module
 */

import { type Traffic, trafficOf } from '../traffic.ts';
import type { DirectedFlow } from './flow-ids.ts';
import { destinationText, hasPorts, sourceText } from './flow-text.ts';

/** @param ipBytes Where the size is why: then it is the sender's own packet, whichever way it goes. */
export function lostTraffic(flow: DirectedFlow, ipBytes?: number): Traffic | undefined {
  const [from, to] = [sourceText(flow), destinationText(flow)];
  const isBack = isReply(flow);
  const port = hasPorts(flow) ? (isBack ? flow.sourcePort : flow.destPort) : undefined;
  if (ipBytes === undefined) return trafficOf(flow.protocol, isBack ? to : from, isBack ? from : to, port);
  const traffic = trafficOf(flow.protocol, from, to, port);
  return traffic && { ...traffic, ipBytes };
}

/** The lower port is the service's; of an echo, only a request has its id where the source port stands. */
export function isReply(flow: DirectedFlow): boolean {
  return hasPorts(flow) ? flow.sourcePort < flow.destPort : flow.sourcePort === 0 && flow.destPort !== 0;
}
