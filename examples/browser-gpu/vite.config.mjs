// How Vite builds the page: into dist/, as files that any static server can deliver.
import { defineConfig } from 'vite';

// biome-ignore lint/style/noDefaultExport: it is how Vite finds it.
export default defineConfig({
  // Relative, so that the files work in any folder of a server.
  base: './',
  build: { target: 'es2022', chunkSizeWarningLimit: 2000 },
  worker: { format: 'es' },
});
