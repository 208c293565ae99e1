// Divisions that a kernel repeats in its loops are computed once.
import { describe, expect, it } from '@jest/globals';
import { hoistDivisions } from '../../../src/kernels/gpu/webgl/invariants.js';

const hoisted = (body: string) =>
  hoistDivisions(`void kernel() {\n${body}}`, ['threadId.x', 'user_N', 'user_K']);

describe('divisions of integers', () => {
  it('move to the start of the kernel if they stand on constants, each once', () => {
    expect(
      hoisted('x=f(quotient(threadId.x, user_N))+quotient(threadId.x, user_N)*rest(threadId.x, 8);\n'),
    ).toBe(
      `void kernel() {
int division0=quotient(threadId.x, user_N);
int division1=rest(threadId.x, 8);
x=f(division0)+division0*division1;
}`,
    );
  });

  it('move as a whole if they stand on other divisions', () => {
    expect(hoisted('x=rest(quotient(threadId.x, (user_N*user_K)), user_K);\n')).toBe(
      `void kernel() {
int division0=rest(quotient(threadId.x, (user_N*user_K)), user_K);
x=division0;
}`,
    );
  });

  it('stay if they stand on a variable, but for those within them that do not', () => {
    expect(hoisted('x=rest((user_k*user_N), quotient(threadId.x, user_N));\n')).toBe(
      `void kernel() {
int division0=quotient(threadId.x, user_N);
x=rest((user_k*user_N), division0);
}`,
    );
  });

  it('are left alone in names that end like theirs', () => {
    const body = 'x=own_rest(threadId.x, user_N);\n';
    expect(hoisted(body)).toBe(`void kernel() {\n${body}}`);
  });
});
