/**
 * A route of type `throw` is the longest match for the destination.
 *
 * @module
 */

import { routeTypeRule } from '../route-type-rule.ts';

export const routeThrow = routeTypeRule('throw', 'A throw route ends the search');
