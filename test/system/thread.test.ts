import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Thread } from '../../src/system/thread.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-thread-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** @param onMessage What it does with `message`, by way of `port`. */
function threadOf(name: string, onMessage: string): Thread<unknown, unknown> {
  const script = join(FOLDER, `${name}.cjs`);
  writeFileSync(
    script,
    `const { parentPort: port } = require('node:worker_threads');
     port.on('message', function toMessage(message) { ${onMessage} });`,
  );
  return new Thread(script, 'count the sheep');
}

test('Thread gives the answers in order, also those that came before anybody asked', async () => {
  const thread = threadOf('answers', 'for (const each of message) port.postMessage(each)');
  thread.tell(['one', 'two']);
  const first = await thread.answer();
  await new Promise((resolve) => setImmediate(resolve));
  thread.tell(['three']);

  expect([first, await thread.answer(), await thread.answer()]).toEqual(['one', 'two', 'three']);
  await thread.close();
});

test('Thread throws what the thread threw, with its stack, to whoever waits and to whoever asks later', async () => {
  const thread = threadOf('bug', 'throw new TypeError("no such sheep")');
  thread.tell('go');
  const error = await thread.answer().catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(TypeError);
  expect(String((error as Error).stack)).toMatch(/TypeError: no such sheep\n.*bug\.cjs/);
  await expect(thread.answer()).rejects.toThrow('no such sheep');
  await thread.close();
});

test('Thread says that there is no memory, and that the thread ended without an answer', async () => {
  const hungry = threadOf('hungry', 'new ArrayBuffer(2 ** 52)');
  hungry.tell('go');
  await expect(hungry.answer()).rejects.toMatchObject({
    name: 'Failure',
    message: 'Cannot count the sheep: there is not enough memory',
  });
  const leaving = threadOf('leaving', 'process.exit(7)');
  leaving.tell('go');
  await expect(leaving.answer()).rejects.toThrow('the thread ended with 7');
  await Promise.all([hungry.close(), leaving.close()]);
});

test('Thread.close() ends a thread that never would', async () => {
  const thread = threadOf('busy', 'port.postMessage("begun"); for (;;);');
  thread.tell('go');
  expect(await thread.answer()).toBe('begun');
  await thread.close();
  await expect(thread.answer()).rejects.toThrow('the thread ended with 1');
});
