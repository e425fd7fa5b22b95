/**
 * What a picture shows, before anybody knows where: boxes (namespaces) with chips (devices), and lines between chips.
 *
 * Ids are the drawing's own: `n0`, `n0d1`, `w3`. Names may hold anything, so no name is ever an id.
 *
 * @module
 */

/** A device. Its first text is its name. */
export interface Chip {
  readonly id: string;
  readonly texts: readonly ChipText[];
  /** What it is and how it is: `bridge`, `down`, `odd`, `added`. Class names, written by us. */
  readonly classes: readonly string[];
  /** All that is known of it, a line each. */
  readonly details: readonly string[];
}

export interface ChipText {
  readonly text: string;
  readonly as: 'name' | 'kind' | 'plain' | 'warning';
}

/** On which edge of its box a chip sits. */
export type Side = 'west' | 'east';

/** A namespace, or something that is named and not seen. */
export interface Box {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly classes: readonly string[];
  /** On its edge, because a line leaves by it. */
  readonly ports: readonly { readonly chip: Chip; readonly side: Side }[];
  readonly inside: readonly Chip[];
}

/** From the left to the right. */
export interface Line {
  readonly id: string;
  /** Of a chip, or of a box without any. */
  readonly from: string;
  readonly to: string;
  readonly classes: readonly string[];
}

export interface Drawing {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}
