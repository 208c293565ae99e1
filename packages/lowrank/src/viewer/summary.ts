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
  readonly norm: PlainNumber;
  readonly mean: PlainNumber;
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
  const finite = Float64Array.from(values).filter(Number.isFinite);
  const notFinite = values.length - finite.length;
  const counts = new Array<number>(BINS).fill(0);
  if (finite.length === 0) return { norm: 0, mean: 0, min: 0, max: 0, counts, notFinite };
  const min = finite.reduce((a, b) => Math.min(a, b));
  const max = finite.reduce((a, b) => Math.max(a, b));
  // In parts of the largest: squares and differences of float64 may be too large for it.
  const largest = Math.max(-min, max) || 1;
  const range = max / largest - min / largest;
  let [sum, squares] = [0, 0];
  for (const value of finite) {
    sum += value;
    squares += (value / largest) ** 2;
    const place = range > 0 ? (value / largest - min / largest) / range : 0;
    const bin = Math.min(BINS - 1, Math.floor(BINS * place));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const norm = plain(largest * Math.sqrt(squares), false);
  return { norm, mean: plain(sum / finite.length, false), min, max, counts, notFinite };
}
