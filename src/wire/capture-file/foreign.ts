/**
 * Files that people take for captures, or that are captures of other programs: told by name.
 *
 * @module
 */

const MAGICS: readonly { readonly bytes: readonly number[]; readonly is: string }[] = [
  { bytes: [0x73, 0x6e, 0x6f, 0x6f, 0x70, 0], is: 'a snoop capture: convert it with editcap' },
  { bytes: [0x47, 0x4d, 0x42, 0x55], is: 'a capture of Microsoft Network Monitor: convert it with editcap' },
  { bytes: [0x52, 0x54, 0x53, 0x53], is: 'a capture of Microsoft Network Monitor: convert it with editcap' },
  { bytes: [0x54, 0x52, 0x53, 0x4e, 0x49, 0x46, 0x46], is: 'a capture of NetXRay or Sniffer: convert it with editcap' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], is: 'compressed with zstd: decompress it first' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], is: 'compressed with xz: decompress it first' },
  { bytes: [0x42, 0x5a, 0x68], is: 'compressed with bzip2: decompress it first' },
  { bytes: [0x04, 0x22, 0x4d, 0x18], is: 'compressed with lz4: decompress it first' },
  { bytes: [0x50, 0x4b, 3, 4], is: 'a zip archive: unpack it first' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], is: 'a program' },
];

/** @param begin The first bytes of the file. @returns A clause. */
export function foreignFormat(begin: Uint8Array): string {
  const known = MAGICS.find(({ bytes }) => bytes.every((byte, index) => begin[index] === byte));
  if (known !== undefined) return `it is ${known.is}`;
  const head = begin.subarray(0, 64);
  const isText = head.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  if (isText) return 'it is text: a capture is what tcpdump -w writes';
  return `it is no capture: it begins with ${Array.from(begin.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}
