/** What the viewer shows of a tensor: the numbers of a small one, of a large one how they are distributed. */
import { formatShape, type Tensor } from '@lowrank/tensor';

/** JSON has no NaN and no infinity: they travel by their names. */
export type PlainNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export interface TensorSummary {
  readonly shape: readonly number[];
  /** `float32 [2, 3]`. */
  readonly kind: string;
  /** All numbers, row by row; `null` for a large tensor. */
  readonly numbers: readonly PlainNumber[] | null;
  /** How the finite numbers of a large tensor are distributed; `null` for a small one. */
  readonly distribution: Distribution | null;
}

export interface Distribution {
  /** The Euclidean norm of the numbers that are finite. */
  readonly norm: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** How many numbers lie in each of equal parts of the range from `min` to `max`. */
  readonly counts: readonly number[];
  /** How many numbers are NaN or infinite. */
  readonly notFinite: number;
}

/** Up to this many numbers are shown as such. */
const SMALL = 64;
const BINS = 32;

/** Reads the tensor, on whatever device it is. */
export async function summarize(tensor: Tensor): Promise<TensorSummary> {
  const { shape, dtype } = tensor;
  const values = await tensor.data();
  const isSmall = values.length <= SMALL;
  return {
    shape,
    kind: `${dtype} ${formatShape(shape)}`,
    numbers: isSmall ? Array.from(values, (value) => plain(value, dtype === 'float32')) : null,
    distribution: isSmall ? null : distributionOf(values),
  };
}

/** Nine digits tell every float32 from its neighbours. */
function plain(value: number, isSingle: boolean): PlainNumber {
  if (!Number.isFinite(value)) return String(value) as PlainNumber;
  return isSingle ? Number(value.toPrecision(9)) : value;
}

function distributionOf(values: ArrayLike<number>): Distribution {
  let [min, max, sum, squares, finite] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
    finite++;
  }
  const counts = new Array<number>(BINS).fill(0);
  const scale = max > min ? BINS / (max - min) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(BINS - 1, Math.floor((value - min) * scale));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const notFinite = values.length - finite;
  if (finite === 0) [min, max] = [0, 0];
  return { norm: Math.sqrt(squares), mean: finite === 0 ? 0 : sum / finite, min, max, counts, notFinite };
}
