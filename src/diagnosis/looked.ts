/**
 * How much of the host was looked at.
 *
 * @module
 */

import type { Fact } from '../host/fact.ts';
import { allLinks, type Host, type Netns } from '../host/host.ts';
import type { Looked } from './diagnosis.ts';

/** Count what was read; what could not be read counts nothing, and the report names it in its notes. */
export function lookedAt(host: Host): Looked {
  const count = (of: (netns: Netns) => Fact<readonly unknown[]>) =>
    host.namespaces.reduce((total, netns) => total + lengthOf(of(netns)), 0);
  return {
    namespaces: host.namespaces.length,
    links: count((netns) => netns.links),
    routes: count((netns) => netns.routes),
    rules: count((netns) => netns.rules),
    filterRules: host.namespaces.reduce((total, netns) => total + filterRulesOf(netns), 0),
    sockets: count((netns) => netns.sockets),
    kernel: host.kernel,
    uplinks: [...allLinks(host)]
      .filter(({ link }) => link.detail.kind === 'physical' && link.up)
      .map(({ netns, link }) => `${netns.name} ${link.name}`),
  };
}

/** How many uplinks are named. */
const MOST_UPLINKS = 3;

/** What no witness of nsdiag's can tell, whatever the verdict. */
export function unseenText({ uplinks }: Looked): string {
  const named = uplinks.slice(0, MOST_UPLINKS).join(', ');
  const more = uplinks.length > MOST_UPLINKS ? ` and ${uplinks.length - MOST_UPLINKS} more` : '';
  const behind = uplinks.length === 0 ? '' : ` (behind ${named}${more})`;
  return `other machines and what lies between${behind}, the hypervisor, the hardware`;
}

function lengthOf(fact: Fact<readonly unknown[]>): number {
  return fact.known ? fact.value.length : 0;
}

function filterRulesOf({ ruleset }: Netns): number {
  if (!ruleset.known) return 0;
  return ruleset.value.tables.flatMap(({ chains }) => chains).reduce((total, { rules }) => total + rules.length, 0);
}
