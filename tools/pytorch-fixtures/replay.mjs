// Makes the calls that fixtures tell of on our engine, forward and backward, and compares what comes out with PyTorch's results.

/**
 * The engine: what `lowrank`, or `@lowrank/tensor` and `@lowrank/autograd` together, export.
 * @typedef {Record<string, any>} Engine
 *
 * One call, as the JSON index tells it. In `arguments`, `@0` stands for the first input and `$NaN` and the like for what JSON lacks.
 * @typedef {{
 *   readonly key: string,
 *   readonly op: string,
 *   readonly about: string,
 *   readonly arguments: readonly unknown[],
 *   readonly outputs: readonly string[],
 *   readonly call?: string,
 * }} Entry
 *
 * How a tensor of ours compares with PyTorch's. `distance` is in units of the tolerance: up to 1 is right, and 0 the same bits.
 * @typedef {{ readonly what: string, readonly values: number, readonly distance: number, readonly complaint?: string }} Comparison
 *
 * What a call gave, and what PyTorch has there. Without a tolerance the bits have to be the same.
 * @typedef {{ readonly what: string, readonly actual: any, readonly expected: any, readonly tolerance?: any }} Result
 */

/**
 * Compares a tensor with what PyTorch has.
 * @param {string} what Names the tensor in complaints.
 * @param {any} actual Our tensor; null for none.
 * @param {any} expected PyTorch's.
 * @param {any} [tolerance] How far each value may be off, a tensor or a number; without it the bits have to be the same.
 * @returns {Comparison}
 */
export function compare(what, actual, expected, tolerance) {
  const failed = (complaint) => ({ what, values: expected.numel(), distance: Infinity, complaint });
  if (actual === null) return failed('there is none');
  if (String(actual.shape) !== String(expected.shape))
    return failed(`has shape [${actual.shape}], not [${expected.shape}]`);
  if (actual.dtype !== expected.dtype) return failed(`is ${actual.dtype}, not ${expected.dtype}`);
  const [ours, theirs] = [actual.dataSync(), expected.dataSync()];
  const bound = typeof tolerance === 'object' ? tolerance.dataSync() : undefined;
  let worst = { distance: 0, i: -1 };
  for (let i = 0; i < theirs.length; i++) {
    const distance = distanceOf(ours[i], theirs[i], bound?.[i] ?? tolerance);
    if (distance > worst.distance) worst = { distance, i };
  }
  const { distance, i } = worst;
  if (distance <= 1) return { what, values: theirs.length, distance };
  const at = `[${positionOf(i, expected.shape)}]`;
  const complaint = `at ${at}: ${show(ours[i])}, PyTorch has ${show(theirs[i])}, tolerance ${bound?.[i] ?? tolerance ?? 0}`;
  return { what, values: theirs.length, distance, complaint };
}

const show = (value) => (Object.is(value, -0) ? '-0' : String(value));

/** How far two numbers are apart, in units of the tolerance; where there is none, 0 and -0 are apart, too. */
function distanceOf(ours, theirs, tolerance) {
  if (Object.is(ours, theirs) || (ours === theirs && tolerance !== undefined)) return 0;
  const distance = Math.abs(ours - theirs) / (tolerance ?? 0);
  return Number.isFinite(distance) ? distance : Infinity;
}

/** The position of element i of a tensor, for each axis. */
function positionOf(i, shape) {
  const position = [];
  let rest = i;
  for (const length of [...shape].reverse()) {
    position.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return position;
}

/** Arguments with tensors and numbers in the places that stand for them. */
function fill(argument, inputs) {
  if (typeof argument === 'string' && argument.startsWith('@')) return inputs[Number(argument.slice(1))];
  if (argument === '$undefined') return undefined;
  if (typeof argument === 'string' && argument.startsWith('$')) return Number(argument.slice(1));
  if (Array.isArray(argument)) return argument.map((part) => fill(part, inputs));
  if (typeof argument !== 'object' || argument === null) return argument;
  return Object.fromEntries(Object.entries(argument).map(([name, part]) => [name, fill(part, inputs)]));
}

/** The output that a name such as `values`, `0.value` or `U.abs` stands for; `out` is the result itself, and methods are called. */
function outputOf(result, name) {
  const step = (part, key) => (typeof part[key] === 'function' ? part[key]() : part[key]);
  return name === 'out' ? result : name.split('.').reduce(step, result);
}

/** Calls the function of the entry's name; ops that no function calls alone are dispatched, with their attributes last. */
function call(engine, { op, call: name = op }, parameters) {
  if (name !== 'dispatch') return engine[name](...parameters);
  return engine.dispatch(engine.OPS.get(op), parameters.slice(0, -1), parameters.at(-1));
}

/** The inputs of a call, `KEY.in.0`, `KEY.in.1`, ..., each a tensor of its own. */
function inputsOf(engine, tensors, key) {
  const inputs = [];
  for (let i = 0; tensors[`${key}.in.${i}`] !== undefined; i++) {
    const stored = tensors[`${key}.in.${i}`];
    inputs.push(engine.fromTypedArray(stored.dataSync().slice(), stored.shape));
  }
  return inputs;
}

/** A value where the tensor is that it belongs to. */
const beside = (engine, tensor, value) => engine.to(value, tensor.device);

/** What the engine makes of the gradients of outputs: those of `leaves`, null for leaves that nothing depends on. */
function gradientsOf(engine, outputs, leaves, gradientOf) {
  const roots = outputs.filter(({ tensor }) => tensor.requiresGrad);
  return engine.grad(
    roots.map(({ tensor }) => tensor),
    leaves,
    {
      gradOutputs: roots.map(({ name, tensor }) => beside(engine, tensor, gradientOf(name))),
      allowUnused: true,
    },
  );
}

/**
 * Makes one call, forward and backward, on the default device.
 * @param {Engine} engine
 * @param {Entry} entry
 * @param {Record<string, any>} tensors All tensors of the fixtures, by name.
 * @returns {Result[]} One for each output, and one for each input that has a gradient in PyTorch.
 */
export function results(engine, entry, tensors) {
  const stored = (name) => tensors[`${entry.key}.${name}`];
  const inputs = inputsOf(engine, tensors, entry.key);
  const names = inputs.map((_, i) => `in.${i}`).filter((name) => stored(`${name}.gradient`) !== undefined);
  const leaves = names.map((name) => inputs[Number(name.slice('in.'.length))]);
  for (const leaf of leaves) leaf.requiresGrad = true;
  const result = call(engine, entry, fill(entry.arguments, inputs));
  const outputs = entry.outputs.map((name) => ({ name, tensor: outputOf(result, name) }));
  const forward = outputs.map(({ name, tensor }) => ({
    what: name,
    actual: tensor,
    expected: stored(name),
    tolerance: stored(`${name}.tolerance`),
  }));
  if (leaves.length === 0) return forward;
  const found = gradientsOf(engine, outputs, leaves, (name) => stored(`${name}.gradient`));
  const backward = names.map((name, i) => ({
    what: `the gradient of ${name}`,
    actual: found[i],
    expected: stored(`${name}.gradient`),
    tolerance: stored(`${name}.gradient.tolerance`) ?? 0,
  }));
  return [...forward, ...backward];
}

/**
 * Makes one call and compares what comes out.
 * @param {Engine} engine
 * @param {Entry} entry
 * @param {Record<string, any>} tensors All tensors of the fixtures, by name.
 * @returns {Comparison[]}
 */
export function replay(engine, entry, tensors) {
  return results(engine, entry, tensors).map(({ what, actual, expected, tolerance }) =>
    compare(what, actual, expected, tolerance),
  );
}
