// Compiles the AssemblyScript kernels of packages/tensor/assembly and writes them as base64 into a TypeScript module, so that
// Node, browsers and bundlers need no loader. Products come twice: for plain and for relaxed SIMD.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { tilesSource } from './wasm/tiles.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'packages', 'tensor', 'assembly');
const target = join(root, 'packages', 'tensor', 'src', 'kernels', 'wasm', 'generated', 'binaries.ts');

/** Sources that are derived instead of written. */
const derived = { 'tiles.ts': tilesSource };

const PLAIN = ['simd'];
const RELAXED = ['simd', 'relaxed-simd'];

/** The modules, by the name of their constant. */
const MODULES = {
  general: { entry: 'general.ts', features: PLAIN },
  plainProducts: { entry: 'products.ts', features: PLAIN },
  relaxedProducts: { entry: 'products.ts', features: RELAXED },
};

function readFile(name) {
  if (derived[name]) return derived[name]();
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null; // asc asks for a file under several names.
  }
}

async function compile({ entry, features }) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      entry,
      '--outFile=kernels.wasm',
      '-O3',
      '--noAssert',
      '--runtime=stub',
      '--importMemory',
      '--noExportMemory',
      // The loader makes it unshared where there is one thread only.
      '--sharedMemory',
      '--initialMemory=1',
      '--maximumMemory=65536',
      ...['threads', ...features].flatMap((feature) => ['--enable', feature]),
    ],
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

const lines = ['// Written by tools/build-wasm.mjs: the kernels of packages/tensor/assembly as base64.'];
for (const [name, module] of Object.entries(MODULES)) {
  const binary = await compile(module);
  lines.push(`export const ${name} =\n  '${Buffer.from(binary).toString('base64')}';`);
  console.log(`${name}: ${binary.length} bytes`);
}
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `${lines.join('\n')}\n`);
