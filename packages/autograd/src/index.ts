/** Reverse-mode automatic differentiation over the ops of `@lowrank/tensor`. */
import './gradients.js';

export { AnomalyError, detectAnomaly } from './anomaly.js';
export { type BackwardOptions, backward, type GradOptions, grad } from './backward.js';
export { checkpoint } from './checkpoint.js';
export { defineFunction, type FunctionDefinition } from './define-function.js';
export { enableGrad, isGradEnabled, noGrad } from './grad-mode.js';
export { type Differentiable, type GradcheckOptions, gradcheck, gradgradcheck } from './gradcheck.js';
export { foldGraph, type GraphBox, type GraphLink, type GraphView } from './graph/fold.js';
export {
  type Graph,
  type GraphEdge,
  type GraphModule,
  type GraphNode,
  type GraphNodeKind,
  type GraphOptions,
  graph,
  graphValues,
  homesOf,
} from './graph/graph.js';
export { type NamedModules, named } from './graph/names.js';
export type { Place } from './graph/place.js';
export {
  type BackwardStep,
  type BackwardStepsOptions,
  backwardSteps,
  type LeafStep,
  type OutgoingGradient,
  type RuleStep,
} from './graph/steps.js';
export { type GraphTextOptions, toDot, toJSON, toMermaid } from './graph/text.js';
export { type TraceOptions, traceCalls } from './graph/trace-calls.js';
export type { Call, Gradient, Reads, Rule } from './rules/rule.js';
export { RULES } from './rules/table.js';
export { type GradientHook, gradientOf, type Node } from './tape.js';
