/** VitePress's theme with the fonts of the reader's system. */
import Theme from 'vitepress/theme-without-fonts';
import './style.css';

// biome-ignore lint/style/noDefaultExport: this is where VitePress looks
export default Theme;
