// How kernels read their parameters: a list of doubles, which hold whole numbers, pointers and floats alike.

@inline
export function int(p: usize, i: usize): i32 {
  return <i32>load<f64>(p + (i << 3));
}

@inline
export function pointer(p: usize, i: usize): usize {
  return <usize>load<f64>(p + (i << 3));
}

@inline
export function float(p: usize, i: usize): f32 {
  return <f32>load<f64>(p + (i << 3));
}
