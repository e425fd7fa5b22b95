/**
 * A headless Chromium, driven by its own protocol over a pipe, to open pages that nsdiag wrote as a reader would.
 *
 * Source: Chrome DevTools Protocol; `--remote-debugging-pipe` speaks it on descriptors 3 and 4, messages end in NUL.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const OPTIONS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
/** Its processes have written their last long before. */
const CLOSING_MS = 10_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where a Chromium is installed; `undefined` where none is. */
export function findBrowser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Viewing {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** One page, opened. */
export class Browser {
  /** What the page complained of: errors of scripts, breaches of its policy, requests that it tried. */
  readonly complaints: string[] = [];
  readonly #child: ChildProcess;
  readonly #home: string;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  readonly #events = new Map<string, () => void>();
  #session: string | undefined;
  #last = 0;

  private constructor(child: ChildProcess, home: string) {
    this.#child = child;
    this.#home = home;
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#hear(JSON.parse(message));
    });
  }

  static async start(program: string): Promise<Browser> {
    const home = mkdtempSync(join(tmpdir(), 'nsdiag-browser-'));
    const argv = [program, ...OPTIONS, '--remote-debugging-pipe', `--user-data-dir=${home}`, 'about:blank'];
    // Without a network: a browser asks its maker for this and that.
    const alone = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
    const child = spawn('unshare', [...alone, '--', ...argv], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const browser = new Browser(child, home);
    await browser.#attach();
    return browser;
  }

  async #attach(): Promise<void> {
    const { targetId } = await this.#call<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const attached = { targetId, flatten: true };
    this.#session = (await this.#call<{ sessionId: string }>('Target.attachToTarget', attached)).sessionId;
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.#call(`${domain}.enable`);
  }

  async open(path: string, { width, scheme }: Viewing): Promise<void> {
    const screen = { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 };
    await this.#call('Emulation.setDeviceMetricsOverride', screen);
    await this.#call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    const loaded = new Promise<void>((resolve) => this.#events.set('Page.loadEventFired', resolve));
    await this.#call('Page.navigate', { url: `file://${path}` });
    await loaded;
  }

  /** The value of an expression, as if the reader had just clicked. */
  async evaluate(expression: string): Promise<unknown> {
    const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result } = await this.#call<{ result: { value?: unknown } }>('Runtime.evaluate', asked);
    return result.value;
  }

  /** The whole page as PNG. */
  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.#call<{ data: string }>('Page.captureScreenshot', {
      captureBeyondViewport: true,
      format: 'png',
    });
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), CLOSING_MS);
    this.#session = undefined;
    void this.#call('Browser.close');
    await ended;
    clearTimeout(late);
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 20 });
  }

  #call<Result>(method: string, params: object = {}): Promise<Result> {
    const id = ++this.#last;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve) => this.#waiting.set(id, (result) => resolve(result as Result)));
  }

  #hear(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message.result ?? {});
      return;
    }
    const { method = '', params = {} } = message;
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded')
      this.complaints.push(JSON.stringify(params));
    const url = method === 'Network.requestWillBeSent' ? params.request?.url : undefined;
    if (url !== undefined && !/^(file|data):/.test(url)) this.complaints.push(`it asks for ${url}`);
    this.#events.get(method)?.();
  }
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string } };
}
