/**
 * Why something could not be written, in words.
 *
 * @module
 */

/** A clause for "Cannot write FILE: ...". */
export function writeErrorReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
      return 'there is no such folder';
    case 'EACCES':
    case 'EPERM':
      return 'no permission';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'the disk quota is used up';
    case 'EFBIG':
      return 'the file would be larger than is allowed';
    case 'EROFS':
      return 'nothing can be written there';
    case 'EPIPE':
      return 'its reader has gone';
    default:
      return code;
  }
}
