// How Vite builds the playground: into the package whose command serves it, as files that any static server can deliver.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { deployment, withoutPolicy } from './build/deployment.mjs';

const lowrank = fileURLToPath(new URL('../../packages/lowrank/', import.meta.url));

/** Graphviz as a script that makes itself known as `Viz`, which the graphs of the viewer bring along. */
const graphviz = join(dirname(createRequire(lowrank).resolve('@viz-js/viz')), 'viz-global.js');

// biome-ignore lint/style/noDefaultExport: it is what Vite reads
export default defineConfig({
  // Relative, so that the files work in any folder of a server.
  base: './',
  resolve: { alias: [{ find: /^graphviz-script/, replacement: graphviz }] },
  build: {
    target: 'es2022',
    // Of browsers that know light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: join(lowrank, 'dist', 'playground'),
    emptyOutDir: true,
    // The polyfill would be an inline script.
    modulePreload: { polyfill: false },
    // Data URLs would need a wider policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        // A folder of their own tells servers whose policy is whose. What follows is a path that autograd takes for
        // lowrank's, so that the line that called an op is looked for in the program that a worker runs.
        entryFileNames: 'workers/packages/lowrank/dist/[name]-[hash].js',
        chunkFileNames: 'workers/packages/lowrank/dist/[name]-[hash].js',
        // lowrank tells the names of its classes, and the viewer sends functions by their source texts.
        minify: { mangle: false },
      },
    },
  },
  plugins: [deployment(), withoutPolicy()],
});
