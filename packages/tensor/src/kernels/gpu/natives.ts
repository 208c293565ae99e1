/**
 * The functions that kernels call by name and that gpu.js cannot express or translates wrongly: integer division, and whatever
 * touches NaN and infinities, which shader compilers may take for impossible. They are written in the languages themselves.
 *
 * A machine declares those that a kernel needs under gpu.js's name for them, with the parameters a, b, ... of these types.
 */
import type { ScalarType } from './machine.js';

export interface NativeFunction {
  readonly parameters: readonly ScalarType[];
  readonly returns: ScalarType | 'bool';
  /** What stands between the braces in WGSL. */
  readonly wgsl: string;
  /** The same in GLSL ES 3.00. */
  readonly glsl: string;
}

const NAN_BITS = '0x7fc00000u';
const INFINITY_BITS = '0x7f800000u';
const isNaNOf = (bits: string) => `return (${bits} & 0x7fffffffu) > ${INFINITY_BITS};`;

const differsBy = (bits: string) =>
  `return a != b || (${bits}(a) & 0x7fffffffu) > ${INFINITY_BITS} || (${bits}(b) & 0x7fffffffu) > ${INFINITY_BITS};`;

export const NATIVES = {
  /** a / b rounded towards zero. */
  quotient: { parameters: ['int', 'int'], returns: 'int', wgsl: 'return a / b;', glsl: 'return a / b;' },
  /** What a / b leaves, for a and b of at least 0. */
  rest: { parameters: ['int', 'int'], returns: 'int', wgsl: 'return a % b;', glsl: 'return a % b;' },
  /** The whole number that a float holds. */
  whole: { parameters: ['float'], returns: 'int', wgsl: 'return i32(a);', glsl: 'return int(a);' },
  isNaN: {
    parameters: ['float'],
    returns: 'bool',
    wgsl: isNaNOf('bitcast<u32>(a)'),
    glsl: isNaNOf('floatBitsToUint(a)'),
  },
  // By way of a variable: WGSL refuses constants that are not finite.
  infinity: {
    parameters: [],
    returns: 'float',
    wgsl: `var bits = ${INFINITY_BITS}; return bitcast<f32>(bits);`,
    glsl: `return uintBitsToFloat(${INFINITY_BITS});`,
  },
  notANumber: {
    parameters: [],
    returns: 'float',
    wgsl: `var bits = ${NAN_BITS}; return bitcast<f32>(bits);`,
    glsl: `return uintBitsToFloat(${NAN_BITS});`,
  },
  /** a !== b, where NaN differs from everything. */
  differs: {
    parameters: ['float', 'float'],
    returns: 'bool',
    wgsl: differsBy('bitcast<u32>'),
    glsl: differsBy('floatBitsToUint'),
  },
  /** The nearest whole number; of two that are as near, the even one. */
  nearest: {
    parameters: ['float'],
    returns: 'float',
    wgsl: 'return round(a);',
    glsl: 'return roundEven(a);',
  },
  /** The n with 2^n <= |a| < 2^(n + 1), for a finite a that is no less than 2^-126. */
  exponentOf: {
    parameters: ['float'],
    returns: 'int',
    wgsl: 'return i32((bitcast<u32>(a) >> 23u) & 255u) - 127;',
    glsl: 'return int((floatBitsToUint(a) >> 23u) & 255u) - 127;',
  },
  /** 2^a, for a from -126 to 127. */
  powerOf2: {
    parameters: ['int'],
    returns: 'float',
    wgsl: 'return bitcast<f32>(u32(a + 127) << 23u);',
    glsl: 'return uintBitsToFloat(uint(a + 127) << 23u);',
  },
} as const satisfies Record<string, NativeFunction>;

export type NativeName = keyof typeof NATIVES;

/** The natives that these texts call. */
export function nativesIn(sources: readonly string[]): NativeName[] {
  const names = Object.keys(NATIVES) as NativeName[];
  return names.filter((name) => sources.some((source) => new RegExp(`\\b${name}\\(`).test(source)));
}
