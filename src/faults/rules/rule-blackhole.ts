/**
 * A policy rule (`ip rule`) with the action `blackhole` matches before any that looks into a table with a route.
 *
 * @module
 */

import { ruleActionRule } from '../route-type-rule.ts';

export const ruleBlackhole = ruleActionRule('blackhole', 'A policy rule drops the packet');
