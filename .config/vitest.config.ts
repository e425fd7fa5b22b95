/**
 * How the tests run. Unit tests side by side; live tests (real namespaces, test/live/) three files at a time, for they
 * mostly wait, and with time to spare, after the unit tests, so that neither slows the other into a timeout.
 *
 * `npx vitest run test/net` works without this file too, with vitest's own short timeouts: `npm run vitest -- test/net`
 * is the same with this one.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './tally.ts';

const TALLY_FILE = process.env['NSDIAG_TALLY'];
const LIVE = 'test/live/**/*.test.ts';
const COLLECTOR_SETUP = fileURLToPath(new URL('../test/helpers/collector-setup.ts', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    reporters: ['default', ...(TALLY_FILE === undefined ? [] : [new TallyReporter(TALLY_FILE)])],
    // A world starts a dozen programs and waits for ARP, pings and tcpdump, and properties are tried a hundred times: a
    // loaded 2-core machine takes its time. What hangs is still ended long before CI's own limit.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [LIVE],
          // Nothing of ours keeps state between calls, so the files share what they import: a seventh of the processor time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'live',
          include: [LIVE],
          globalSetup: [COLLECTOR_SETUP],
          maxWorkers: 3,
          // The kernel's own timers run late on a machine that others load too. A second try is told, with the names.
          retry: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
