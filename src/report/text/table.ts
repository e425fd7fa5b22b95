/**
 * Tables of words alone.
 *
 * @module
 */

import Table from 'cli-table3';

/** No lines but the words themselves: it is read over ssh, pasted into tickets, and cut with awk. */
export function emptyTable(): Table.Table {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const lines = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  return new Table({
    chars: { ...none, ...lines, right: '', 'right-mid': '', middle: '' },
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
  });
}
