/** The site: what its pages are made from, and how readers find their way. */
import { defineConfig } from 'vitepress';
import { guides, reference, referencePages } from '../site/navigation.mjs';
import { GENERATED } from '../site/places.mjs';
import { referenceLinks, repositoryLinks, viewerFrames } from '../site/plugins.mjs';
import { slugOf } from '../site/slug.mjs';

/** Where the site lies on its server, such as `/lowrank/`. */
const base = process.env.LOWRANK_DOCS_BASE ?? '/';

// biome-ignore lint/style/noDefaultExport: this is where VitePress looks
export default defineConfig({
  title: 'lowrank',
  description: 'Tensors, autograd, neural networks and LoRA in TypeScript.',
  base,
  cacheDir: 'node_modules/.vitepress',
  srcExclude: ['site/**', 'test/**'],
  rewrites: (page) => page.replace(GENERATED, ''),
  // The sidebar of the reference is large: once for the site instead of in each page.
  metaChunk: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify: slugOf },
    // What programs print stands in comments: they must be readable.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      repositoryLinks(markdown);
      referenceLinks(markdown, referencePages());
      viewerFrames(markdown, base);
    },
  },
  // The largest chunk is the index of the search, which is loaded when one searches.
  vite: { build: { chunkSizeWarningLimit: 4096 } },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/getting-started', activeMatch: '^/(?!api/|source/)' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: { '/api/': reference(), '/': guides() },
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    externalLinkIcon: true,
  },
});
