// The scripts and styles in the pages that the viewer makes, by the hashes that policies know them by.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A graph without a module, and one with: the second kind of page brings Graphviz along. */
const SAMPLES = [[], [{ id: 0, path: '0', type: 'Linear', parent: null }]].map((modules) => ({
  nodes: [{ id: 0, kind: 'leaf', op: null, name: null, attrs: null, outputs: [], place: null, module: null }],
  edges: [],
  modules,
}));

/**
 * The worker that makes these pages is asked for two of them: what is in them depends on how it was bundled. Their own policies
 * tell the hashes.
 */
export async function hashesOfGraphPages(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pathOf = (name) => join(folder, files.find((file) => file.includes(name)) ?? name);
  const graphviz = readFileSync(pathOf('viz-global-'), 'utf8');
  const ask = await askWorker(pathToFileURL(pathOf('program-worker-')).href);
  const pages = await Promise.all(SAMPLES.map((graph) => ask('graphPage', { graph, graphviz })));
  const policies = pages.map((page) =>
    / content="(default-src .*?)">/.exec(page)[1].replaceAll('&#39;', "'"),
  );
  const hashesIn = (directive) => {
    const found = policies.flatMap((policy) => new RegExp(`${directive} ([^;]*)`).exec(policy)[1].split(' '));
    return [...new Set(found)].filter((source) => source.startsWith("'sha256-"));
  };
  return { scripts: hashesIn('script-src'), styles: hashesIn('style-src') };
}

/** Loads the module of a worker here, and gives it what it knows of its page: messages. */
async function askWorker(address) {
  const waiting = [];
  globalThis.self = {
    postMessage({ id, kind, response, error }) {
      if (kind === 'done') waiting[id].resolve(response);
      else waiting[id].reject(new Error(error.message));
    },
  };
  await import(address);
  return (task, request) =>
    new Promise((resolve, reject) => {
      const id = waiting.push({ resolve, reject }) - 1;
      self.onmessage({ data: { kind: 'run', id, task, request } });
    });
}
