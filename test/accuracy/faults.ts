/**
 * Every fault that a network can have.
 *
 * @module
 */

import type { Fault } from './fault.ts';
import { endFaults, forwardFaults, natFaults } from './filter-faults.ts';
import { linkFaults } from './link-faults.ts';
import type { Network } from './network.ts';
import { addressFaults, routeFaults, wayFaults } from './routing-faults.ts';

/** In a fixed order. What stands on nobody's way is left whole. */
export function faultsOf(network: Network): readonly Fault[] {
  const onWay = network.nodes.filter(({ name }) => !network.bystanders.includes(name));
  return [
    ...onWay.flatMap((node) => [
      ...linkFaults(node, network),
      ...addressFaults(node, network),
      ...routeFaults(node, network),
      ...forwardFaults(node, network),
      ...natFaults(node),
    ]),
    ...wayFaults(network),
    ...endFaults(network),
  ];
}

/** At most one in a namespace: two in one place would hide each other. The later one is left out. */
export function compatible(faults: readonly Fault[]): readonly Fault[] {
  const taken = new Set<string>();
  return faults.filter(({ node }) => !taken.has(node) && taken.add(node));
}
