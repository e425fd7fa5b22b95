/**
 * A user who may do nothing, for tests of what nsdiag says without root.
 *
 * @module
 */

/**
 * Put before a program: it runs as nobody. It keeps the right to read files, because the checkout may stand in root's
 * own folder; entering and making namespaces is no matter of that.
 */
export const AS_NOBODY = [
  'setpriv',
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=-all,+dac_read_search',
  '--ambient-caps=+dac_read_search',
] as const;
