/** Elementwise ops in wasm: for float32 and the truth values that come of it, in rows whose operands are stretched or not. */
import { bytesOf, type DType, dtypeOf, type TypedArray } from '../../dtype.js';
import { type Shape, sizeOf, stridesOf } from '../../shape.js';
import { SCALARS, type ScalarName, type ScalarOp } from '../scalars.js';
import { planWalk, type Strided } from '../walk.js';
import { rowsOf } from './elementwise-rows.js';
import { compute, type Operand } from './frame.js';
import { reference } from './reference.js';

/** Ops whose kernels give less than the last bit, by up to 4 ulp (exp and log by 2): the bounds stand in assembly/math-*.ts. */
const APPROXIMATE: ReadonlySet<ScalarName> = new Set([
  ...(['exp', 'expm1', 'log', 'log1p', 'rsqrt', 'pow', 'sin', 'cos', 'tan', 'tanh', 'erf'] as const),
  ...(['sigmoid', 'silu', 'softplus', 'gelu', 'geluTanh'] as const),
  ...(['tanhGrad', 'sigmoidGrad', 'siluGrad', 'geluGrad'] as const),
]);

/** With fewer values than this the reference is faster, since nothing has to be brought anywhere. */
const FEW = 256;

/** How many outer axes a kernel can walk along. */
const MAX_AXES = 32;

/** out[i] = f(inputs[0][i], inputs[1][i], ...), as the reference kernel. Each scalar function has a kernel of its name. */
export function elementwise(
  name: ScalarName,
  inputs: readonly Strided[],
  shape: Shape,
  dtype: DType,
): TypedArray {
  return accelerated(name, inputs, shape) ?? reference.elementwise(name, inputs, shape, dtype);
}

function accelerated(name: ScalarName, inputs: readonly Strided[], shape: Shape): TypedArray | undefined {
  const size = sizeOf(shape);
  // Where both give the same bits it does not matter which of them runs.
  if (size === 0 || (size < FEW && !APPROXIMATE.has(name))) return undefined;
  const { rule }: ScalarOp = SCALARS[name];
  if (!inputs.every(({ data }, i) => data instanceof operandArray(rule, i))) return undefined;
  const walk = planWalk(shape, [stridesOf(shape), ...inputs.map(({ strides }) => strides)]);
  const inner = walk.shape.length - 1;
  if (inner > MAX_AXES || walk.strides.some((strides) => strides[inner] > 1)) return undefined;
  const arrays = inputs.map(({ data }) => data as Operand);
  const dtype = rule === 'comparison' || rule === 'logical' ? 'bool' : 'float32';
  return compute((frame) => {
    const target = frame.room(bytesOf(dtype) * size);
    const { chunks, parameters } = rowsOf(frame, walk, arrays, target, bytesOf(dtype));
    frame.launch(name, chunks, parameters);
    return frame.result(target, size, dtype);
  });
}

/** The arrays that a kernel takes as its operand number i. */
function operandArray(rule: ScalarOp['rule'], i: number): typeof Float32Array | typeof Uint8Array {
  return rule === 'logical' || (rule === 'choice' && i === 0) ? Uint8Array : Float32Array;
}

const CAST_KERNELS: Readonly<Partial<Record<DType, Readonly<Partial<Record<DType, string>>>>>> = {
  float32: { bool: 'floatToBool', int32: 'floatToInt' },
  bool: { float32: 'boolToFloat' },
  int32: { float32: 'intToFloat' },
};

/** The same values in another dtype, as the reference kernel. */
export function cast(x: TypedArray, dtype: DType): TypedArray {
  const from =
    x instanceof Float32Array || x instanceof Int32Array || x instanceof Uint8Array ? x : undefined;
  const kernel = from && CAST_KERNELS[dtypeOf(from) as DType]?.[dtype];
  if (from === undefined || kernel === undefined || x.length < FEW) return reference.cast(x, dtype);
  const size = x.length;
  const result = compute((frame) => {
    const target = frame.room(bytesOf(dtype) * size);
    const walk = { shape: [size], strides: [[1], [1]] };
    const { chunks, parameters } = rowsOf(frame, walk, [from], target, bytesOf(dtype));
    frame.launch(kernel, chunks, parameters);
    return frame.result(target, size, dtype);
  });
  return result ?? reference.cast(x, dtype);
}
