/**
 * Whether a program is there, without running it.
 *
 * @module
 */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program of that name can be run by its name, as PATH stands. */
export function isInstalled(program: string, path: string = process.env['PATH'] ?? ''): boolean {
  return path.split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

/** The same of a program as a person calls it: by its name or by a path. */
export function canBeRun(program: string): boolean {
  return program.includes('/') ? isExecutable(program) : isInstalled(program);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
