// What the built files need to be served: a policy in the page, the headers for servers, and the service worker.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashesOfGraphPages } from './graph-pages.mjs';
import { headersByPath, pagePolicy } from './headers.mjs';
import { writeServiceWorker } from './offline.mjs';

/** The last step of the build. `headers.json` is for `lowrank playground`, and for whoever sets up another server. */
export function deployment() {
  return {
    name: 'deployment',
    apply: 'build',
    async writeBundle({ dir }) {
      const policy = pagePolicy(await hashesOfGraphPages(dir));
      const page = join(dir, 'index.html');
      writeFileSync(page, readFileSync(page, 'utf8').replace('%CONTENT_SECURITY_POLICY%', policy));
      writeFileSync(join(dir, 'headers.json'), `${JSON.stringify(headersByPath(policy), null, 2)}\n`);
      writeServiceWorker(dir);
    },
  };
}

/** The development server sends styles inline, and scripts of its own: its page has no policy. */
export function withoutPolicy() {
  return {
    name: 'without-policy',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta http-equiv="Content-Security-Policy".*\n/, ''),
  };
}
