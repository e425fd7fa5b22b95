/**
 * The UDP ports behind which a tunnel is looked for.
 *
 * Source: IANA service names and port numbers; drivers/net/vxlan (8472, from before there was an assigned port).
 *
 * @module
 */

export const GENEVE_PORT = 6081;

export function isVxlanPort(port: number): boolean {
  return port === 4789 || port === 8472;
}
