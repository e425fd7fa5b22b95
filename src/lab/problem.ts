/**
 * What is wrong with a lab file, and where in it.
 *
 * @module
 */

/** A place in the file, as keys and indices from its top: `['bridges', 0, 'ports']`. */
export type YamlPath = readonly (string | number)[];

/** Something about one place that nsdiag cannot work with. */
export interface Problem {
  readonly path: YamlPath;
  /** What is wrong, after "PLACE: ": "unknown key, did you mean ports?". */
  readonly because: string;
}

/** A place as people write it: `bridges[0].ports`. */
export function formatPath(path: YamlPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
