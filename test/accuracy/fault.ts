/**
 * A fault as a value: what breaks a network in one place, by which commands, and which causes may then be named.
 *
 * @module
 */

/** A fault in one place of one network. */
export interface Fault {
  /** A row of the table: `firewall-drop (policy)`. */
  readonly kind: string;
  /** The namespace that is broken. Two faults in one namespace would hide each other, so there is at most one. */
  readonly node: string;
  /** `link-down@sw:p-a`: the same for the same network, smaller or larger. */
  readonly id: string;
  readonly commands: readonly string[];
  /** `code netns`: any of these is the right name for it. */
  readonly named: readonly string[];
  /** FAULTS.md has no command for it: a service that does not run is not started. */
  readonly isRepairable: boolean;
}

/**
 * @param place The namespace, and what in it: `sw:p-a`.
 * @param commands Run in this order by a shell.
 * @param named What it may be called; without a namespace: in the one that is broken.
 */
export function fault(
  kind: string,
  place: string,
  commands: readonly string[],
  ...named: readonly [string, ...string[]]
): Fault {
  const node = place.split(':')[0] ?? place;
  const causes = named.map((name) => (name.includes(' ') ? name : `${name} ${node}`));
  return { kind, node, id: `${kind}@${place}`, commands, named: causes, isRepairable: true };
}

/** The same, where nothing that nsdiag may run helps. */
export function withoutRepair(of: Fault): Fault {
  return { ...of, isRepairable: false };
}
