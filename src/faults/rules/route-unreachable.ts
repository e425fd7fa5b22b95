/**
 * A route of type `unreachable` is the longest match for the destination.
 *
 * @module
 */

import { routeTypeRule } from '../route-type-rule.ts';

export const routeUnreachable = routeTypeRule('unreachable', 'An unreachable route refuses the packet');
