/** The site: what its pages are made from, and how readers find their way. */
import { defineConfig } from 'vitepress';
import { guides, reference, referencePages } from '../site/navigation.mjs';
import { GENERATED } from '../site/places.mjs';
import { referenceLinks, repositoryLinks, viewerFrames } from '../site/plugins.mjs';
import { slugOf } from '../site/slug.mjs';

/** Where the site lies on its server, such as `/lowrank/`. */
const base = process.env.LOWRANK_DOCS_BASE ?? '/';

/** How much a part of a page counts in searches. It travels to readers as text, and refers to nothing outside of itself. */
function weightOf(address: string): number {
  if (/\/source\//.test(address)) return 0.3;
  if (/\/api\/\w+\/(functions|classes)\/(\w+)\.html#\2$/i.test(address)) return 2;
  return /\/api\//.test(address) ? 0.5 : 2;
}

// biome-ignore lint/style/noDefaultExport: this is where VitePress looks
export default defineConfig({
  title: 'lowrank',
  description: 'Tensors, autograd, neural networks and LoRA in TypeScript.',
  base,
  // As the reader's system is: so are viewers and pictures, which no switch of the page could reach.
  appearance: 'force-auto',
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
    search: {
      provider: 'local',
      options: { miniSearch: { searchOptions: { boostDocument: weightOf } } },
    },
  },
});
