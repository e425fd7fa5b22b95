/**
 * The page of `nsdiag why` that README.md shows: three faults on a way over one router, told by the example diagnosis and
 * drawn on the same network. Its picture is taken by `node .config/run-ts.mjs test/report/html/take-picture.ts`.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { whyPage } from '../../../src/report/html/why-page.ts';
import { whyPicture } from '../../../src/report/html/why-picture.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { threeFaults } from '../example-diagnoses.ts';

export const PICTURE = new URL('../../../captures/pictures/why.png', import.meta.url);

const NETWORK = hostOf({
  ns1: {
    links: { veth0: { peer: 'router:r1', addresses: ['10.0.1.1/24'] } },
    routes: ['default via 10.0.1.254 dev veth0'],
  },
  router: {
    links: {
      r1: { addresses: ['10.0.1.254/24'] },
      r2: { up: false, peer: 'ns2:veth1', addresses: ['10.0.2.254/24'] },
    },
  },
  ns2: { links: { veth1: { addresses: ['10.0.2.1/24'] } } },
});

/** The whole page, the same each time. */
export async function examplePage(): Promise<string> {
  const asOf = '2026-11-22T01:02:03.000Z';
  const diagnosis = threeFaults();
  const page = { diagnosis, picture: await whyPicture(NETWORK, diagnosis), facts: [], asOf };
  const commandLine = 'nsdiag why ns1 10.0.2.1 --html why.html';
  return whyPage(page, { version: '1.0.0', madeAt: asOf, commandLine, sha256: sha256Of });
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}

const KEYWORD = 'Page-SHA256';
/** Signature and IHDR, behind which other chunks may stand (RFC 2083, section 4). */
const HEAD_BYTES = 8 + 25;

/** The PNG with a text chunk that names the page of which it was taken. */
export function signed(png: Uint8Array, page: string): Uint8Array {
  const body = Buffer.from(`tEXt${KEYWORD}\0${sha256Of(page)}`, 'latin1');
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([png.subarray(0, HEAD_BYTES), length, body, check, png.subarray(HEAD_BYTES)]);
}

/** Of which page a signed PNG was taken. */
export function pageOf(png: Buffer): string | undefined {
  return new RegExp(`tEXt${KEYWORD}\0([A-Za-z0-9+/=]{44})`).exec(png.toString('latin1'))?.[1];
}
