// From gpu.js's dialect to GLSL: what is added to gpu.js's translation.
import { describe, expect, it } from '@jest/globals';
import * as gpuJs from 'gpu.js';
import type { GpuKernel } from '../../../src/kernels/gpu/machine.js';
import { fragmentShader, type GpuJs } from '../../../src/kernels/gpu/webgl/translate.js';

const translate = (kernel: GpuKernel) => fragmentShader(gpuJs as unknown as GpuJs, kernel, 12);

const kernel = (source: string, parts: Partial<GpuKernel> = {}): GpuKernel => ({
  name: 'test',
  source,
  inputs: ['a'],
  scalars: [],
  ...parts,
});

describe('a kernel in GLSL', () => {
  it('finds elements by whole numbers alone', () => {
    const shader = translate(kernel('function (a) { return a[this.thread.x]; }'));
    expect(shader).toContain('ivec2(x & 4095, x >> 12)');
    expect(shader).toMatch(/getFloatFromSampler2D\(user_a, [^)]*, threadId\.x\)/);
  });

  it('has its scalars as uniforms of their types', () => {
    const scalars = [
      { name: 'n', type: 'int' },
      { name: 'scale', type: 'float' },
    ] as const;
    const shader = translate(kernel('function (a, n, scale) { return a[n] * scale; }', { scalars }));
    expect(shader).toContain('uniform int user_n;');
    expect(shader).toContain('uniform float user_scale;');
  });

  it('has only the native functions that are called, in integers where they are', () => {
    const scalars = [{ name: 'n', type: 'int' }] as const;
    const shader = translate(
      kernel('function (a, n) { return a[quotient(this.thread.x, n)]; }', { scalars }),
    );
    expect(shader).toContain('int quotient(int a, int b) { return a / b; }');
    expect(shader).toContain('quotient(threadId.x, user_n)');
    expect(shader).not.toContain('powerOf2');
  });

  it('brings functions of its own whatever GLSL calls its', () => {
    const functions = [
      { name: 'clamp', source: 'function clamp(x) { return Math.min(sign(x), 1); }', parameters: ['x'] },
      { name: 'sign', source: 'function sign(x) { return Math.sign(x) + 1; }', parameters: ['x'] },
    ];
    const shader = translate(kernel('function (a) { return clamp(a[this.thread.x]); }', { functions }));
    expect(shader).toMatch(/float own_sign\(float user_x\) \{\s*return \(sign\(user_x\)\+1\.0\);/);
    expect(shader).toMatch(/float own_clamp\(float user_x\) \{\s*return min\(own_sign\(user_x\), 1\.0\);/);
    expect(shader).toContain('kernelResult = own_clamp(');
  });

  it('declares functions first, in whatever order they call each other, and those that give a truth as such', () => {
    const functions = [
      {
        name: 'least',
        source: 'function least(x) { return isSmall(x) ? infinity() : x; }',
        parameters: ['x'],
      },
      {
        name: 'isSmall',
        source: 'function isSmall(x) { return x < 1; }',
        parameters: ['x'],
        truth: true,
      },
    ];
    const shader = translate(kernel('function (a) { return least(a[this.thread.x]); }', { functions }));
    const places = ['float infinity() {', 'bool own_isSmall(float);', 'void kernel()'].map((text) =>
      shader.indexOf(text),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(shader).toContain('bool own_isSmall(float user_x) {');
  });

  it('reads an index from an array as an integer', () => {
    const shader = translate(
      kernel('function (a, b) { return a[8 * this.thread.x + whole(b[this.thread.x])]; }', {
        inputs: ['a', 'b'],
      }),
    );
    expect(shader).toMatch(/int hoisted_0_kernel=/);
  });

  it('is refused by name where gpu.js does not understand it', () => {
    expect(() => translate(kernel('function (a) { return unknownFunction(a[0]); }'))).toThrow(
      /^test: gpu\.js cannot translate this kernel/,
    );
  });
});
