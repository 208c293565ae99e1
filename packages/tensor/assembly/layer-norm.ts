// Layer normalisation of rows and its gradient, in double precision: next to a large mean, floats would lose the deviations.
import { highPair, lowPair, sumOfPair, toFloats } from './doubles';
import { int, pointer } from './parameters';

/** The sum of `length` floats. */
function sumOf(x: usize, length: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  let low2 = low;
  let high2 = low;
  for (; length >= 8; length -= 8, x += 32) {
    const a = v128.load(x);
    const b = v128.load(x, 16);
    low = f64x2.add(low, lowPair(a));
    high = f64x2.add(high, highPair(a));
    low2 = f64x2.add(low2, lowPair(b));
    high2 = f64x2.add(high2, highPair(b));
  }
  let sum = sumOfPair(f64x2.add(f64x2.add(low, high), f64x2.add(low2, high2)));
  for (; length > 0; length--, x += 4) sum += <f64>load<f32>(x);
  return sum;
}

@inline
function square(x: v128): v128 {
  return f64x2.mul(x, x);
}

/** The sum of the squared distances from the mean. */
function squaresAround(mean: f64, x: usize, length: i32): f64 {
  const means = f64x2.splat(mean);
  let low = f64x2.splat(0);
  let high = low;
  let low2 = low;
  let high2 = low;
  for (; length >= 8; length -= 8, x += 32) {
    const values = v128.load(x);
    const values2 = v128.load(x, 16);
    low = f64x2.add(low, square(f64x2.sub(lowPair(values), means)));
    high = f64x2.add(high, square(f64x2.sub(highPair(values), means)));
    low2 = f64x2.add(low2, square(f64x2.sub(lowPair(values2), means)));
    high2 = f64x2.add(high2, square(f64x2.sub(highPair(values2), means)));
  }
  let sum = sumOfPair(f64x2.add(f64x2.add(low, high), f64x2.add(low2, high2)));
  for (; length > 0; length--, x += 4) {
    const deviation = <f64>load<f32>(x) - mean;
    sum += deviation * deviation;
  }
  return sum;
}

/** The sum of g times the distance of x from the mean. */
function productsAround(mean: f64, x: usize, g: usize, length: i32): f64 {
  const means = f64x2.splat(mean);
  let low = f64x2.splat(0);
  let high = low;
  for (; length >= 4; length -= 4, x += 16, g += 16) {
    const values = v128.load(x);
    const factors = v128.load(g);
    low = f64x2.add(low, f64x2.mul(f64x2.sub(lowPair(values), means), lowPair(factors)));
    high = f64x2.add(high, f64x2.mul(f64x2.sub(highPair(values), means), highPair(factors)));
  }
  let sum = sumOfPair(f64x2.add(low, high));
  for (; length > 0; length--, x += 4, g += 4) sum += (<f64>load<f32>(x) - mean) * <f64>load<f32>(g);
  return sum;
}

/** The squared distances from the mean, added up; a chunk is some rows: 0 x, 1 the sums, 2 number of rows, 3 their length, 4 rows of a chunk. */
export function squaredDeviationsRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const x = pointer(p, 0) + ((<usize>i * <usize>length) << 2);
    const mean = sumOf(x, length) / <f64>length;
    store<f32>(pointer(p, 1) + (<usize>i << 2), <f32>squaresAround(mean, x, length));
  }
}

/** A chunk is some rows: 0 x, 1 the result, 2 number of rows, 3 their length, 4 rows of a chunk, 5 eps. */
export function layerNormRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const eps = load<f64>(p + 40);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const offset = (<usize>i * <usize>length) << 2;
    let x = pointer(p, 0) + offset;
    let to = pointer(p, 1) + offset;
    const mean = sumOf(x, length) / <f64>length;
    const scale = 1 / sqrt<f64>(squaresAround(mean, x, length) / <f64>length + eps);
    const means = f64x2.splat(mean);
    const scales = f64x2.splat(scale);
    let k = length;
    for (; k >= 4; k -= 4, x += 16, to += 16) {
      const values = v128.load(x);
      const a = f64x2.mul(f64x2.sub(lowPair(values), means), scales);
      const b = f64x2.mul(f64x2.sub(highPair(values), means), scales);
      v128.store(to, toFloats(a, b));
    }
    for (; k > 0; k--, x += 4, to += 4) store<f32>(to, <f32>((<f64>load<f32>(x) - mean) * scale));
  }
}

/**
 * scale (g - mean(g) - y mean(g y)) with y = (x - mean(x)) scale; a chunk is some rows: 0 x, 1 the result, 2 number of rows, 3 their
 * length, 4 rows of a chunk, 5 eps, 6 g.
 */
export function layerNormGradRows(p: usize, chunk: i32): void {
  const length = int(p, 3);
  const perChunk = int(p, 4);
  const eps = load<f64>(p + 40);
  const first = chunk * perChunk;
  const last = min(first + perChunk, int(p, 2));
  for (let i = first; i < last; i++) {
    const offset = (<usize>i * <usize>length) << 2;
    let x = pointer(p, 0) + offset;
    let to = pointer(p, 1) + offset;
    let g = pointer(p, 6) + offset;
    const mean = sumOf(x, length) / <f64>length;
    const meanG = sumOf(g, length) / <f64>length;
    const variance = squaresAround(mean, x, length) / <f64>length + eps;
    const scale = 1 / sqrt<f64>(variance);
    const along = productsAround(mean, x, g, length) / <f64>length / variance;
    const means = f64x2.splat(mean);
    const meansG = f64x2.splat(meanG);
    const scales = f64x2.splat(scale);
    const alongs = f64x2.splat(along);
    let k = length;
    for (; k >= 4; k -= 4, x += 16, to += 16, g += 16) {
      const values = v128.load(x);
      const factors = v128.load(g);
      const a = f64x2.mul(f64x2.sub(lowPair(values), means), alongs);
      const b = f64x2.mul(f64x2.sub(highPair(values), means), alongs);
      const low = f64x2.mul(f64x2.sub(f64x2.sub(lowPair(factors), meansG), a), scales);
      const high = f64x2.mul(f64x2.sub(f64x2.sub(highPair(factors), meansG), b), scales);
      v128.store(to, toFloats(low, high));
    }
    for (; k > 0; k--, x += 4, to += 4, g += 4) {
      const deviation = <f64>load<f32>(x) - mean;
      store<f32>(to, <f32>((<f64>load<f32>(g) - meanG - deviation * along) * scale));
    }
  }
}
