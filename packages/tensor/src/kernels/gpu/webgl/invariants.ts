/**
 * Divisions that a kernel repeats in its loops although they always give the same, such as the row and the column of the
 * element that it computes. Some drivers' compilers leave them there: without, a convolution takes SwiftShader a half to two
 * thirds of the time.
 */

/** Calls of the natives that divide integers. */
const DIVISION = /\b(?:quotient|rest)\(/g;

/** The end of the call whose arguments begin at `start`: just behind its closing parenthesis. */
function endOfCall(text: string, start: number): number {
  let depth = 1;
  let end = start;
  for (; depth > 0; end++) {
    if (text[end] === '(') depth++;
    else if (text[end] === ')') depth--;
  }
  return end;
}

/**
 * Computes each division of integers that stands on constants alone once, at the start of the kernel.
 * @param kernel The text of `void kernel() { ... }` in GLSL.
 * @param constants The names that mean the same wherever they stand in it.
 */
export function hoistDivisions(kernel: string, constants: readonly string[]): string {
  const known = new Set(['quotient', 'rest', ...constants]);
  const isConstant = (text: string) =>
    (text.match(/[A-Za-z_][\w.]*/g) ?? []).every((name) => known.has(name));
  const variables = new Map<string, string>();
  let body = '';
  let done = 0;
  for (const { 0: call, index } of kernel.matchAll(DIVISION)) {
    if (index < done) continue;
    const end = endOfCall(kernel, index + call.length);
    const division = kernel.slice(index, end);
    if (!isConstant(division)) continue;
    const variable = variables.get(division) ?? `division${variables.size}`;
    variables.set(division, variable);
    body += kernel.slice(done, index) + variable;
    done = end;
  }
  body += kernel.slice(done);
  const declarations = Array.from(variables, ([division, variable]) => `int ${variable}=${division};\n`);
  return body.replace('{\n', `{\n${declarations.join('')}`);
}
