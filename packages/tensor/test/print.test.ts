/** Printing is compared with the literal output of PyTorch 1.13 for the expression named beside each text. */
import { describe, expect, it } from '@jest/globals';
import { formatTensor } from '../src/print.js';

type Remarks = Parameters<typeof formatTensor>[3];

const f32 = (values: number[], shape = [values.length], remarks?: Remarks) =>
  formatTensor(Float32Array.from(values), shape, 'float32', remarks);
const f64 = (values: number[], shape = [values.length], remarks?: Remarks) =>
  formatTensor(Float64Array.from(values), shape, 'float64', remarks);
const int = (values: number[], shape = [values.length]) =>
  formatTensor(Int32Array.from(values), shape, 'int32');
const bool = (values: number[], shape = [values.length]) =>
  formatTensor(Uint8Array.from(values), shape, 'bool');

const counting = (count: number) => Array.from({ length: count }, (_, i) => i);
const lines = (...all: string[]) => all.join('\n');

describe('floating-point elements', () => {
  it('shows whole numbers with a bare point', () => {
    // torch.tensor([1., 2., -3.])
    expect(f32([1, 2, -3])).toBe('tensor([ 1.,  2., -3.])');
  });

  it('shows four decimals as soon as one element is a fraction', () => {
    // torch.tensor([1., 2.5, -100])
    expect(f32([1, 2.5, -100])).toBe('tensor([   1.0000,    2.5000, -100.0000])');
  });

  it('shows a scalar without brackets', () => {
    // torch.tensor(2.34567)
    expect(f32([2.34567], [])).toBe('tensor(2.3457)');
  });

  it('keeps the sign of zero', () => {
    // torch.tensor([0., -0.])
    expect(f32([0, -0])).toBe('tensor([0., -0.])');
  });

  it('goes scientific when the largest is over 1000 times the smallest', () => {
    // torch.tensor([0.5, 500.1])
    expect(f32([0.5, 500.1])).toBe('tensor([5.0000e-01, 5.0010e+02])');
  });

  it('stays fixed when the largest is exactly 1000 times the smallest', () => {
    // torch.tensor([0.5, 500.])
    expect(f32([0.5, 500])).toBe('tensor([  0.5000, 500.0000])');
  });

  it('goes scientific above 1e8', () => {
    // torch.tensor([200000008., 400000000.])
    expect(f32([200000008, 400000000])).toBe('tensor([2.0000e+08, 4.0000e+08])');
  });

  it('stays fixed at 1e8', () => {
    // torch.tensor([1e8])
    expect(f32([1e8])).toBe('tensor([100000000.])');
  });

  it('goes scientific below 1e-4', () => {
    // torch.tensor([9.9e-5, -2e-4])
    expect(f32([9.9e-5, -2e-4])).toBe('tensor([ 9.9000e-05, -2.0000e-04])');
  });

  it('does not let zeros decide the notation', () => {
    // torch.tensor([0., 0.25, 1.])
    expect(f32([0, 0.25, 1])).toBe('tensor([0.0000, 0.2500, 1.0000])');
  });

  it('writes exponents of three digits', () => {
    // torch.tensor([1e-300, 1e300], dtype=torch.float64)
    expect(f64([1e-300, 1e300])).toBe('tensor([1.0000e-300, 1.0000e+300], dtype=float64)');
  });

  it('rounds the float32 value, not the decimal that it came from', () => {
    // torch.tensor([0.00055, 0.00065])
    expect(f32([0.00055, 0.00065])).toBe('tensor([0.0005, 0.0007])');
  });

  it('rounds ties to even in fixed notation', () => {
    // torch.tensor([0.03125, 0.09375, 0.15625])
    expect(f32([0.03125, 0.09375, 0.15625])).toBe('tensor([0.0312, 0.0938, 0.1562])');
  });

  it('rounds ties to even in scientific notation', () => {
    // torch.tensor([1000050., 1000150., 1.])
    expect(f32([1000050, 1000150, 1])).toBe('tensor([1.0000e+06, 1.0002e+06, 1.0000e+00])');
  });
});

describe('nan and inf', () => {
  it('take no point among whole numbers and do not widen the column', () => {
    // torch.tensor([nan, 1., inf, -inf])
    expect(f32([NaN, 1, Infinity, -Infinity])).toBe('tensor([nan, 1., inf, -inf])');
  });

  it('are padded among fractions', () => {
    // torch.tensor([nan, 1.5, inf, -inf])
    expect(f32([NaN, 1.5, Infinity, -Infinity])).toBe('tensor([   nan, 1.5000,    inf,   -inf])');
  });

  it('stand alone', () => {
    // torch.tensor([nan, -inf, 0.])
    expect(f32([NaN, -Infinity, 0])).toBe('tensor([nan, -inf, 0.])');
  });

  it('are padded in scientific notation', () => {
    // torch.tensor([nan, 1e-10, -inf])
    expect(f32([NaN, 1e-10, -Infinity])).toBe('tensor([       nan, 1.0000e-10,       -inf])');
  });
});

describe('other dtypes', () => {
  it('names float64', () => {
    // torch.tensor([1.5], dtype=torch.float64)
    expect(f64([1.5])).toBe('tensor([1.5000], dtype=float64)');
  });

  it('aligns int32, the default integer dtype, and does not name it', () => {
    // torch.tensor([[1, -20], [300, 4]])
    expect(int([1, -20, 300, 4], [2, 2])).toBe(lines('tensor([[  1, -20],', '        [300,   4]])'));
  });

  it('aligns True and False', () => {
    // torch.tensor([True, False])
    expect(bool([1, 0])).toBe('tensor([ True, False])');
  });
});

describe('empty tensors', () => {
  it('show no size when it is [0]', () => {
    // torch.tensor([])
    expect(f32([])).toBe('tensor([])');
  });

  it('show every other size', () => {
    // torch.empty(0, 3)
    expect(f32([], [0, 3])).toBe('tensor([], size=(0, 3))');
  });

  it('name the dtype unless it is float32', () => {
    // torch.empty(2, 0, dtype=torch.bool)
    expect(bool([], [2, 0])).toBe('tensor([], size=(2, 0), dtype=bool)');
  });
});

describe('layout', () => {
  it('aligns the rows of a matrix', () => {
    // torch.tensor([[1., -2.5], [10., 0.]])
    expect(f32([1, -2.5, 10, 0], [2, 2])).toBe(
      lines('tensor([[ 1.0000, -2.5000],', '        [10.0000,  0.0000]])'),
    );
  });

  it('separates matrices by a blank line', () => {
    // torch.arange(8.).reshape(2, 2, 2)
    expect(f32(counting(8), [2, 2, 2])).toBe(
      lines('tensor([[[0., 1.],', '         [2., 3.]],', '', '        [[4., 5.],', '         [6., 7.]]])'),
    );
  });

  it('separates blocks of matrices by two blank lines', () => {
    // torch.arange(4.).reshape(2, 2, 1, 1)
    expect(f32(counting(4), [2, 2, 1, 1])).toBe(
      lines(
        'tensor([[[[0.]],',
        '',
        '         [[1.]]],',
        '',
        '',
        '        [[[2.]],',
        '',
        '         [[3.]]]])',
      ),
    );
  });

  it('wraps rows at 80 columns', () => {
    // torch.arange(30)
    expect(int(counting(30))).toBe(
      lines(
        'tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,',
        '        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])',
      ),
    );
  });
});

describe('summaries', () => {
  it('show more than 1000 elements by their edges', () => {
    // torch.arange(1001)
    expect(int(counting(1001))).toBe('tensor([   0,    1,    2,  ...,  998,  999, 1000])');
  });

  it('leave out rows and columns', () => {
    // torch.arange(2000.).reshape(40, 50)
    expect(f32(counting(2000), [40, 50])).toBe(
      lines(
        'tensor([[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 4.7000e+01, 4.8000e+01,',
        '         4.9000e+01],',
        '        [5.0000e+01, 5.1000e+01, 5.2000e+01,  ..., 9.7000e+01, 9.8000e+01,',
        '         9.9000e+01],',
        '        [1.0000e+02, 1.0100e+02, 1.0200e+02,  ..., 1.4700e+02, 1.4800e+02,',
        '         1.4900e+02],',
        '        ...,',
        '        [1.8500e+03, 1.8510e+03, 1.8520e+03,  ..., 1.8970e+03, 1.8980e+03,',
        '         1.8990e+03],',
        '        [1.9000e+03, 1.9010e+03, 1.9020e+03,  ..., 1.9470e+03, 1.9480e+03,',
        '         1.9490e+03],',
        '        [1.9500e+03, 1.9510e+03, 1.9520e+03,  ..., 1.9970e+03, 1.9980e+03,',
        '         1.9990e+03]])',
      ),
    );
  });

  it('keep short axes whole', () => {
    // torch.arange(2000.).reshape(2, 500, 2)
    expect(f32(counting(2000), [2, 500, 2])).toBe(
      lines(
        'tensor([[[0.0000e+00, 1.0000e+00],',
        '         [2.0000e+00, 3.0000e+00],',
        '         [4.0000e+00, 5.0000e+00],',
        '         ...,',
        '         [9.9400e+02, 9.9500e+02],',
        '         [9.9600e+02, 9.9700e+02],',
        '         [9.9800e+02, 9.9900e+02]],',
        '',
        '        [[1.0000e+03, 1.0010e+03],',
        '         [1.0020e+03, 1.0030e+03],',
        '         [1.0040e+03, 1.0050e+03],',
        '         ...,',
        '         [1.9940e+03, 1.9950e+03],',
        '         [1.9960e+03, 1.9970e+03],',
        '         [1.9980e+03, 1.9990e+03]]])',
      ),
    );
  });
});

describe('remarks', () => {
  it('follow the elements', () => {
    // torch.ones(2, requires_grad=True)
    expect(f32([1, 1], [2], { suffix: 'requires_grad=True' })).toBe('tensor([1., 1.], requires_grad=True)');
  });

  it('follow the dtype', () => {
    // torch.ones(2, dtype=torch.float64, requires_grad=True) * 1
    expect(f64([1, 1], [2], { suffix: 'grad_fn=<MulBackward0>' })).toBe(
      'tensor([1., 1.], dtype=float64, grad_fn=<MulBackward0>)',
    );
  });

  it('start a new line where they do not fit', () => {
    // torch.arange(9.).div(7).requires_grad_()
    expect(
      f32(
        counting(9).map((i) => i / 7),
        [9],
        { suffix: 'requires_grad=True' },
      ),
    ).toBe(
      lines(
        'tensor([0.0000, 0.1429, 0.2857, 0.4286, 0.5714, 0.7143, 0.8571, 1.0000, 1.1429],',
        '       requires_grad=True)',
      ),
    );
  });

  it('leave the layout alone when a prefix opens the text', () => {
    // torch.nn.Parameter(torch.eye(2))
    expect(
      f32([1, 0, 0, 1], [2, 2], {
        prefix: 'Parameter containing:\n',
        suffix: 'requires_grad=True',
      }),
    ).toBe(lines('Parameter containing:', 'tensor([[1., 0.],', '        [0., 1.]], requires_grad=True)'));
  });
});

describe('large tensors', () => {
  it('are shown in full up to 1000 elements', () => {
    expect(int(counting(1000)).match(/\d+/g)).toHaveLength(1000);
  });

  it('have only their edges read', () => {
    const read = new Set<string>();
    const data = new Proxy(new Float32Array(1e6), {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) read.add(key);
        return Reflect.get(target, key);
      },
    });
    formatTensor(data, [1000, 1000], 'float32');
    expect(read.size).toBe(6 * 6);
  });
});
