import { asFloat } from '../quantization.ts';
import { vjpRules } from './index.ts';
import type { VjpRule } from './rule.ts';

const identity: VjpRule = ({ dy }) => dy;

/**
 * The rules with staircases taken for the slope they climb (BPDA, arXiv:1802.00420): rounding passes a cotangent as it
 * is, a sign where it is at most 1 from its step (Hubara et al. 2016, arXiv:1602.02830).
 */
export const straightThroughRules: Readonly<Record<string, VjpRule>> = {
  ...vjpRules,
  Round: identity,
  Floor: identity,
  Ceil: identity,
  Cast: identity,
  Sign: ({ g, dy, inputs: [x] }) => g.where(g.op('LessOrEqual', [g.op('Abs', [asFloat(g, x)]), 1]), dy, 0),
};
