/** Where the page begins: draws the shell, and keeps the built files for when there is no network. */
import { render } from 'preact';
import { currentTab } from './location.js';
import { Shell } from './shell.js';
import './style.css';

render(<Shell />, document.getElementById('app') as HTMLElement);

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // Only when the tab has come: what the service worker fetches is nothing that anyone waits for.
  currentTab.value
    .load()
    .then(() => navigator.serviceWorker.register('./sw.js'))
    .catch((error) => console.info(`The playground is not kept for use without a network: ${error}`));
}
