/**
 * The NAT and firewall of a lab to the commands that make them.
 *
 * @module
 */

import { unreachable } from '../net/unreachable.ts';
import type { Argv } from '../system/run.ts';
import { execIn, isInet6, place } from './commands.ts';
import type { Lab } from './schema.ts';
import { command, iptablesTable, onHost, type Step } from './step.ts';

/** NAT first, as people do. */
export function netfilterSteps(lab: Lab): readonly Step[] {
  return [...lab.nat.map(natStep), ...lab.firewall.flatMap(firewallSteps)];
}

function natStep(nat: Lab['nat'][number]): Step {
  const program = isInet6(nat.action === 'dnat' ? nat.to : nat.source) ? 'ip6tables' : 'iptables';
  return tableStep(`NAT of ${place(nat.netns)}`, nat.netns, program, ['-t', 'nat'], natRule(nat));
}

function natRule(nat: Lab['nat'][number]): readonly string[] {
  switch (nat.action) {
    case 'masquerade':
      return ['POSTROUTING', '-s', nat.source, '-o', nat.out, '-j', 'MASQUERADE'];
    case 'snat':
      return ['POSTROUTING', '-s', nat.source, '-o', nat.out, '-j', 'SNAT', '--to-source', nat.to];
    case 'dnat': {
      const to = isInet6(nat.to) ? `[${nat.to}]` : nat.to;
      const destination = nat.toPort === undefined ? nat.to : `${to}:${nat.toPort}`;
      const match = ['-i', nat.in, '-p', nat.proto, '--dport', String(nat.port)];
      return ['PREROUTING', ...match, '-j', 'DNAT', '--to-destination', destination];
    }
    default:
      return unreachable(nat);
  }
}

function firewallSteps({ netns, iptables, ip6tables, nft }: Lab['firewall'][number]): readonly Step[] {
  const purpose = `firewall of ${place(netns)}`;
  if (iptables !== undefined) return [tableStep(purpose, netns, 'iptables', [], iptables)];
  if (ip6tables !== undefined) return [tableStep(purpose, netns, 'ip6tables', [], ip6tables)];
  return (nft ?? []).map((words) => {
    const table = /^add table (\w+) (\w+)/.exec(words);
    const remove: Argv = ['nft', `delete table ${table?.[1]} ${table?.[2]}`];
    const made = table === null ? [] : onHost(netns, { kind: 'setting', remove });
    return command(purpose, execIn(netns, ['nft', words]), ...made);
  });
}

/** Append a rule with iptables or ip6tables. */
function tableStep(
  purpose: string,
  netns: string,
  program: string,
  table: readonly string[],
  rule: readonly string[],
): Step {
  const remove: Argv = [program, ...table, '-D', ...rule];
  return command(
    purpose,
    execIn(netns, [program, ...table, '-A', ...rule]),
    ...onHost(netns, ...iptablesTable(remove), { kind: 'setting', remove }),
  );
}
