// Translates the table of scalar functions of packages/tensor/src/kernels/scalars.ts into gpu.js's dialect and writes it as texts
// into a TypeScript module. The texts are made here, from the source, because what a function prints at run time depends on
// whether and how it was minified.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const kernels = fileURLToPath(new URL('../packages/tensor/src/kernels/', import.meta.url));
const source = join(kernels, 'scalars.ts');
const target = join(kernels, 'gpu', 'generated', 'scalars.ts');
const file = ts.createSourceFile(source, readFileSync(source, 'utf8'), ts.ScriptTarget.Latest, true);

/** What the dialect has under other names, in kernels/gpu/dialect.ts and natives.ts: gpu.js's own do not follow IEEE 754. */
const MATH = {
  max: 'largest',
  min: 'smallest',
  round: 'nearest',
  expm1: 'expm1Of',
  log1p: 'log1pOf',
  exp: 'expOf',
  log: 'logOf',
  sin: 'sinOf',
  cos: 'cosOf',
  tan: 'tanOf',
  tanh: 'tanhOf',
};
const AS_IT_IS = ['abs', 'ceil', 'floor', 'sqrt'];
const OPERATORS = { '**': 'power', '%': 'truncatedRest', '!==': 'differs' };

/** Functions of other modules, for float32 in kernels/gpu/dialect.ts. */
const IMPORTED = { erf: 'erfOf' };

const COMPARISONS = ['===', '!==', '<', '<=', '>', '>='];

/** Function declarations and constants that hold functions, by name. */
const helpers = new Map();
let table;
for (const statement of file.statements) {
  if (ts.isFunctionDeclaration(statement)) helpers.set(statement.name.text, statement);
  if (!ts.isVariableStatement(statement)) continue;
  for (const { name, initializer } of statement.declarationList.declarations) {
    if (name.text === 'SCALARS') table = withoutTypes(initializer);
    else if (ts.isArrowFunction(initializer)) helpers.set(name.text, initializer);
  }
}

function withoutTypes(node) {
  return ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? withoutTypes(node.expression) : node;
}

function fail(node, what) {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  throw new Error(`${source}:${line + 1}: ${what}: ${node.getText()}`);
}

/** Whether an expression is true or false, in which case it is no number. */
function isTruth(node) {
  if (ts.isParenthesizedExpression(node)) return isTruth(node.expression);
  if (!ts.isBinaryExpression(node)) return false;
  return [...COMPARISONS, '&&', '||'].includes(node.operatorToken.getText());
}

/** An expression in the dialect. */
function write(node) {
  if (ts.isNumericLiteral(node)) return node.text;
  if (ts.isIdentifier(node)) return node.text === 'Infinity' ? 'infinity()' : node.text;
  if (ts.isParenthesizedExpression(node)) return `(${write(node.expression)})`;
  if (ts.isPrefixUnaryExpression(node)) return `(${ts.tokenToString(node.operator)}${write(node.operand)})`;
  if (ts.isConditionalExpression(node)) {
    return `(${write(node.condition)} ? ${write(node.whenTrue)} : ${write(node.whenFalse)})`;
  }
  if (ts.isBinaryExpression(node)) return writeBinary(node);
  if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math')
    return String(Math[node.name.text]);
  if (ts.isCallExpression(node))
    return `${calleeOf(node.expression)}(${node.arguments.map(write).join(', ')})`;
  return fail(node, 'the dialect has no such expression');
}

function writeBinary(node) {
  const { left, right } = node;
  const operator = node.operatorToken.getText();
  if (left.getText() === right.getText() && operator === '!==') return `isNaN(${write(left)})`;
  if (OPERATORS[operator] && !isTruth(left)) return `${OPERATORS[operator]}(${write(left)}, ${write(right)})`;
  return `(${write(left)} ${operator} ${write(right)})`;
}

function calleeOf(node) {
  if (ts.isIdentifier(node)) return IMPORTED[node.text] ?? node.text;
  const name = node.name.text;
  return (
    MATH[name] ?? (AS_IT_IS.includes(name) ? `Math.${name}` : fail(node, 'the dialect has no such function'))
  );
}

/** A statement of a body in the dialect. */
function writeStatement(node) {
  if (ts.isReturnStatement(node)) return `return ${write(node.expression)};`;
  if (ts.isIfStatement(node))
    return `if (${write(node.expression)}) { ${writeStatement(node.thenStatement)} }`;
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations
      .map(({ name, initializer }) => `const ${name.getText()} = ${write(initializer)};`)
      .join(' ');
  }
  return fail(node, 'the dialect has no such statement');
}

/** A function of the dialect: its name, its text, its parameters, and whether it gives a truth. */
function translate(name, node) {
  const parameters = node.parameters.map((parameter) => parameter.name.text);
  const { body } = node;
  const truth = !ts.isBlock(body) && isTruth(body);
  const statements = ts.isBlock(body)
    ? body.statements.map(writeStatement).join(' ')
    : `return ${write(body)};`;
  return { name, source: `function ${name}(${parameters.join(', ')}) { ${statements} }`, parameters, truth };
}

const scalars = Object.fromEntries(
  table.properties.map((property) => {
    const name = property.name.text;
    const [first] = property.initializer.arguments;
    const f = ts.isIdentifier(first) ? helpers.get(first.text) : first;
    // Names of their own: those of the table are taken by functions of the shading languages.
    return [name, translate(`scalar${name[0].toUpperCase()}${name.slice(1)}`, f)];
  }),
);
/** The helpers that the functions call, directly or by way of each other; others are for int32, in arithmetic that the dialect lacks. */
const functions = new Map();
function addHelpersOf({ source }) {
  for (const [name, node] of helpers) {
    if (functions.has(name) || !new RegExp(`\\b${name}\\(`).test(source)) continue;
    const helper = translate(name, node);
    functions.set(name, helper);
    addHelpersOf(helper);
  }
}
Object.values(scalars).forEach(addHelpersOf);

mkdirSync(dirname(target), { recursive: true });
writeFileSync(
  target,
  `// Written by tools/build-gpu.mjs: the scalar functions of kernels/scalars.ts in gpu.js's dialect.
import type { ScalarName } from '../../scalars.js';
import type { GpuFunction } from '../machine.js';

/** The function of each elementwise op. */
export const SCALAR_FUNCTIONS: Readonly<Record<ScalarName, GpuFunction>> = ${JSON.stringify(scalars, null, 2)};

/** The functions that these call, apart from those of the dialect. */
export const SCALAR_HELPERS: readonly GpuFunction[] = ${JSON.stringify([...functions.values()], null, 2)};
`,
);
console.log(`scalar functions: ${Object.keys(scalars).length}`);
