// Compiles the AssemblyScript kernels of packages/tensor/assembly and writes them as text into a TypeScript module, so that
// Node, browsers and bundlers need no loader. Products come twice: for plain and for relaxed SIMD.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { textOf } from './wasm/binary-text.mjs';
import { tilesSource } from './wasm/tiles.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packages', 'tensor', 'assembly');
const target = join(root, 'packages', 'tensor', 'src', 'kernels', 'wasm', 'generated', 'binaries.ts');

/** Sources that are derived instead of written. */
const derived = { 'tiles.ts': tilesSource };

const PLAIN = ['simd'];
const RELAXED = ['simd', 'relaxed-simd'];

/** The bytes that wasm memory is counted in. */
const PAGE = 65536;

/**
 * The modules, by the name of their constant. The two kinds of products are neighbours: gzip, which looks back 32 KB, makes the
 * second half a kilobyte.
 */
const MODULES = {
  plainProducts: { entry: 'products.ts', features: PLAIN },
  relaxedProducts: { entry: 'products.ts', features: RELAXED },
  general: { entry: 'general.ts', features: PLAIN },
};

function readFile(name) {
  if (derived[name]) return derived[name]();
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null; // asc asks for a file under several names.
  }
}

/** Of equal instructions gzip finds more when the locals that are used most have the smallest numbers. */
const SMALLER = ['--runPasses', 'reorder-locals'];

async function compile(entry, options) {
  let binary;
  const { error, stderr } = await asc.main(
    [entry, '--outFile=kernels.wasm', '-O3', ...SMALLER, '--noAssert', '--runtime=stub', ...options],
    {
      readFile,
      writeFile: (_, content) => {
        binary = content;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}

const kernelOptions = (features) => [
  '--importMemory',
  '--noExportMemory',
  // The loader makes it unshared where there is one thread only.
  '--sharedMemory',
  '--initialMemory=1',
  '--maximumMemory=65536',
  ...['threads', ...features].flatMap((feature) => ['--enable', feature]),
];

const texts = {};
for (const [name, { entry, features }] of Object.entries(MODULES)) {
  const binary = await compile(entry, kernelOptions(features));
  texts[name] = textOf(binary);
  console.log(`${name}: ${binary.length} bytes`);
}
const longest = Math.max(...Object.values(texts).map((text) => text.length));
const unpacker = await compile('unpack.ts', [`--initialMemory=${Math.ceil(longest / PAGE)}`]);

const lines = [
  '// Written by tools/build-wasm.mjs: the kernels of packages/tensor/assembly, as tools/wasm/binary-text.mjs writes them.',
  ...Object.entries(texts).map(([name, text]) => `export const ${name} =\n  '${text}';`),
  `export const unpacker: readonly number[] = [${[...unpacker].join(', ')}];`,
];
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${lines.join('\n')}\n`);
