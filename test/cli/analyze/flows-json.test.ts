import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { memoryIo } from '../memory-io.ts';

const capture = (name: string) => fileURLToPath(new URL(`../../../captures/${name}.pcap`, import.meta.url));

/** In the capture of the routing loop. */
const FLOWS = 5;

function validator(name: string) {
  const path = new URL(`../../../src/report/schemas/${name}.schema.json`, import.meta.url);
  return new Ajv2020({ allErrors: true, strictTypes: false }).compile(JSON.parse(readFileSync(path, 'utf8')));
}

async function documentOf(name: string, ...argv: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  await runCommandLine(['analyze', capture(name), ...argv], { io: () => io, version: '0' });
  expect(stderr()).toBe('');
  return JSON.parse(stdout());
}

test.each([
  ['all', [], FLOWS],
  ['the largest', ['--top', '1'], 1],
  ['none', ['--filter', 'port 1'], 0],
] as const)('nsdiag analyze --flows --json prints %s as one document', async (_, options, shown) => {
  const document = await documentOf('routing-loop', '--flows', '--json', ...options);
  const validate = validator('flows-1');

  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document).toMatchObject({ shown, count: FLOWS, truncated: false });
  expect(document.flows).toHaveLength(shown);
});

test('nsdiag analyze --flow N --json prints the packets of one flow as one document', async () => {
  const { flows } = await documentOf('port-dropped', '--flows', '--json', '--filter', 'tcp');
  const document = await documentOf('port-dropped', '--flow', String(flows[0].flow), '--json');
  const validate = validator('flow-1');

  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(document.flow).toEqual(flows[0]);
  expect(document.steps[0]).toMatchObject({ number: flows[0].firstFrame, fromClient: true, tcp: { flags: 2, seq: 0 } });
});
