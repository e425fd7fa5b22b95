/**
 * A route of type `blackhole` is the longest match for the destination.
 *
 * @module
 */

import { routeTypeRule } from '../route-type-rule.ts';

export const routeBlackhole = routeTypeRule('blackhole', 'A blackhole route takes the packet');
