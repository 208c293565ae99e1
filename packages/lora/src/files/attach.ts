/** Adding an adapter of given values to a model: everything is checked before anything is changed. */
import { Module } from '@lowrank/nn';
import { FormatError, formatShape, isFloat, LowrankError, sameShape, type Tensor, to } from '@lowrank/tensor';
import { type AdapterPlan, planAdapter } from '../adapters/plan.js';
import type { LoraConfig } from '../config.js';
import { withoutBaseCopies } from './base-copies.js';

/**
 * @param values By PEFT's keys.
 * @throws FormatError if the config does not suit the model, or the values are not those that an adapter of this config
 * has; it names every tensor that is missing, unexpected, or of another shape.
 */
export function attachAdapter(
  op: string,
  model: Module,
  config: LoraConfig,
  name: string,
  values: Readonly<Record<string, Tensor>>,
): void {
  const plan = planned(op, model, config, name);
  const given = withoutBaseCopies(model, values, plan.tensors);
  const problems = [...misfits(plan.tensors, given)];
  if (problems.length > 0) {
    throw new FormatError(op, `the adapter does not fit this ${model.typeName}; ${problems.join('; ')}`);
  }
  plan.commit();
  for (const [key, own] of plan.tensors) own.assign(to(to(given.get(key) as Tensor, own.dtype), own.device));
}

/** Says what is wrong with given tensors, if anything. */
function* misfits(
  expected: ReadonlyMap<string, Tensor>,
  given: ReadonlyMap<string, Tensor>,
): Generator<string> {
  const missing = [...expected.keys()].filter((key) => !given.has(key));
  const unexpected = [...given.keys()].filter((key) => !expected.has(key));
  if (missing.length > 0) yield `missing: ${missing.join(', ')}`;
  if (unexpected.length > 0) yield `unexpected: ${unexpected.join(', ')}`;
  for (const [key, own] of expected) {
    const value = given.get(key);
    if (value === undefined) continue;
    if (!sameShape(value.shape, own.shape)) {
      yield `${key} has shape ${formatShape(value.shape)}, the model's is ${formatShape(own.shape)}`;
    } else if (isFloat(own.dtype) !== isFloat(value.dtype)) {
      yield `${key} is ${value.dtype}, the model's is ${own.dtype}`;
    }
  }
}

/** @throws FormatError for a config that the model cannot have. */
function planned(op: string, model: Module, config: LoraConfig, name: string): AdapterPlan {
  try {
    return planAdapter(op, model, config, name);
  } catch (cause) {
    if (!(model instanceof Module) || !(cause instanceof LowrankError)) throw cause;
    const reason = cause.message.slice(`${op}: `.length);
    const text = `the adapter of this adapter_config.json cannot be added to this ${model.typeName}: ${reason}`;
    throw new FormatError(op, text, { cause });
  }
}
