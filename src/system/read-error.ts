/**
 * Why something could not be read, in words.
 *
 * @module
 */

/** A clause for "Cannot read FILE: ...". */
export function readErrorReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'no permission';
    case 'EISDIR':
      return 'it is a folder';
    case 'EIO':
      return 'the disk cannot read it (EIO)';
    default:
      return code;
  }
}
