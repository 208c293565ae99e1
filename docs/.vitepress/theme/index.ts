/** VitePress's theme with the fonts of the reader's system, light or dark as that is. */
import Theme from 'vitepress/theme-without-fonts';
import './style.css';

/** VitePress looks at the system once; a page that is open follows it from then on. */
function followSystem(): void {
  if (import.meta.env.SSR) return;
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
    document.documentElement.classList.toggle('dark', matches);
  });
}

// biome-ignore lint/style/noDefaultExport: this is where VitePress looks
export default { extends: Theme, enhanceApp: followSystem };
