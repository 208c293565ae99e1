/** Where the page begins: draws the shell, and keeps the built files for when there is no network. */
import { render } from 'preact';
import { Shell } from './shell.js';
import './style.css';

render(<Shell />, document.getElementById('app') as HTMLElement);

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // After the first paint: the files that it fetches are not those that are waited for.
  addEventListener('load', () => {
    navigator.serviceWorker.register('./sw.js').catch((error) => {
      console.info(`The playground is not kept for use without a network: ${error}`);
    });
  });
}
