/**
 * What reading and writing pcapng have in common: the types of blocks, and what stands around a body.
 *
 *     0               4               8
 *     +---------------+---------------+-----------------------------------------------+---------------+
 *     |  block type   | total length  |                     body                      | total length  |
 *     +---------------+---------------+-----------------------------------------------+---------------+
 *
 * Source: draft-ietf-opsawg-pcapng sections 3.1 and 4.
 *
 * @module
 */

export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  names: 4,
  statistics: 5,
  enhancedPacket: 6,
  custom: 0x0000_0bad,
  customNotToCopy: 0x4000_0bad,
} as const;

/** Beyond the body: type, and the length twice. */
export const FRAME_BYTES = 12;
/** Where the body begins. */
export const BODY = 8;
/** The first word of a section's body, in the byte order of the section. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
