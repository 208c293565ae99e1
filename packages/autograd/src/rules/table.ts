/** The table of all gradient rules, keyed by the op's name. */
import { GradientError } from '@lowrank/tensor';
import { convolutionRules } from './convolution.js';
import { elementwiseRules } from './elementwise.js';
import { indexingRules } from './indexing.js';
import { laneRules } from './lane.js';
import { linalgRules } from './linalg.js';
import { lossRules } from './loss.js';
import { reduceRules } from './reduce.js';
import type { Rule } from './rule.js';
import { shapeRules } from './shape.js';

/**
 * Every rule. Ops whose results are not floats have none and need none, nor have the steps of optimisers (`adamStep`,
 * `sgdStep`), which are taken under noGrad.
 */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    ...elementwiseRules,
    ...reduceRules,
    ...laneRules,
    ...shapeRules,
    ...indexingRules,
    ...linalgRules,
    ...lossRules,
    ...convolutionRules,
  }),
);

/** Ops that gradients do not flow through, by design. */
const CONSTANTS: ReadonlySet<string> = new Set(['stopGradient']);

export function isConstantOp(name: string): boolean {
  return CONSTANTS.has(name);
}

/** @throws GradientError for an op without a rule. */
export function ruleOf(name: string): Rule {
  const rule = RULES.get(name);
  if (rule === undefined) {
    throw new GradientError(
      name,
      'has no gradient rule. Call it under noGrad(), detach its inputs, or wrap it with defineFunction()',
    );
  }
  return rule;
}
