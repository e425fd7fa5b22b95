/**
 * A policy rule (`ip rule`) with the action `prohibit` matches before any that looks into a table with a route.
 *
 * @module
 */

import { ruleActionRule } from '../route-type-rule.ts';

export const ruleProhibit = ruleActionRule('prohibit', 'A policy rule prohibits the packet');
