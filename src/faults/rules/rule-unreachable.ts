/**
 * A policy rule (`ip rule`) with the action `unreachable` matches before any that looks into a table with a route.
 *
 * @module
 */

import { ruleActionRule } from '../route-type-rule.ts';

export const ruleUnreachable = ruleActionRule('unreachable', 'A policy rule refuses the packet as unreachable');
