/**
 * A route of type `prohibit` is the longest match for the destination.
 *
 * @module
 */

import { routeTypeRule } from '../route-type-rule.ts';

export const routeProhibit = routeTypeRule('prohibit', 'A prohibit route refuses the packet');
