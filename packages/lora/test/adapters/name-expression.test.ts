/** Regular expressions for names: they match what JavaScript's match, and never try all ways. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameExpression } from '../../src/adapters/name-expression.js';

/** What JavaScript says of the whole text. */
function isMatch(source: string, text: string): boolean {
  return new RegExp(`^(?:${source})$`).test(text);
}

function isExpression(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

const ATOMS = String.raw`a b 0 . \. \d \w [ab] [^a] [] [^] ^ $ \b \B \x61 \u0061 { ] (?=.*b)`.split(' ');
const REPETITIONS = '* + ? *? +? ?? {2} {0} {1,} {0,2} {2,3}?'.split(' ');
const OPENINGS = ['(', '(?:', '(?=', '(?!'];

const { source } = fc.letrec<{ source: string }>((tie) => ({
  source: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => a + b),
    fc.tuple(tie('source'), tie('source')).map(([a, b]) => `${a}|${b}`),
    fc.tuple(fc.constantFrom(...OPENINGS), tie('source')).map(([opening, a]) => `${opening}${a})`),
    fc.tuple(tie('source'), fc.constantFrom(...REPETITIONS)).map(([a, sign]) => `(?:${a})${sign}`),
  ),
}));
const text = fc
  .array(fc.constantFrom('a', 'b', '0', '.', '{', ']'), { maxLength: 6 })
  .map((all) => all.join(''));

describe('an expression for names', () => {
  it('matches what that of JavaScript matches', () => {
    fc.assert(
      fc.property(source.filter(isExpression), fc.array(text, { maxLength: 5 }), (expression, texts) => {
        const matches = nameExpression(expression);
        expect(texts.map(matches)).toEqual(texts.map((one) => isMatch(expression, one)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [String.raw`.*\.(query|value)`, 'encoder.layers.0.query', true],
    [String.raw`model\.layers\.(\d|1[0-3])\.(?:self_attn|mlp)\..*_proj`, 'model.layers.12.mlp.up_proj', true],
    [
      String.raw`model\.layers\.(\d|1[0-3])\.(?:self_attn|mlp)\..*_proj`,
      'model.layers.14.mlp.up_proj',
      false,
    ],
    ['(?!.*vision).*(?<which>q|v)_proj', 'text.0.q_proj', true],
    ['(?!.*vision).*(?<which>q|v)_proj', 'vision.0.q_proj', false],
  ])('is used as for PEFT: %s with %s', (expression, path, expected) => {
    expect(nameExpression(expression)(path)).toBe(expected);
  });

  it.each([
    '(a+)+b',
    '((a|a?)+)+b',
    '(((((.*)*)*)*)*)*b',
    `${'.*'.repeat(100)}b`,
    '(?=(a+)+b)a*',
    '(?:(?:a?){30}a?){30}b',
  ])('comes to an end: %s', (expression) => {
    expect(nameExpression(expression)('a'.repeat(200))).toBe(false);
  });

  it.each([
    ['(', 'Unterminated group'],
    ['(?<=a)b', '(?<='],
    [String.raw`(a)\1`, 'refers to a group'],
    ['(?:a{1,1000000000}){1,1000000000}', 'repeats too much'],
  ])('is refused: %s', (expression, words) => {
    expect(() => nameExpression(expression)).toThrow(words);
    expect(() => nameExpression(expression)).toThrow(SyntaxError);
  });
});
