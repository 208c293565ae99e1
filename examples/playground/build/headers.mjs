// What the files of the playground may do: the page's content security policy, and the headers that servers send with each file.

/** What the page may load and run. A graph stands in a frame, which its page's policy holds for too: its parts go by hashes. */
export function pagePolicy({ scripts, styles }) {
  return policy({
    'default-src': ["'none'"],
    'script-src': ["'self'", "'wasm-unsafe-eval'", ...scripts],
    'style-src': ["'self'", ...styles],
    'img-src': ["'self'", 'data:', 'blob:'],
    'connect-src': ["'self'"],
    // lowrank starts its threads from a blob.
    'worker-src': ["'self'", 'blob:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  });
}

/** Programs that are typed into the page run in a worker, as modules from a blob; all that they can reach is this server. */
const WORKER_POLICY = policy({
  'default-src': ["'none'"],
  'script-src': ["'self'", 'blob:', "'wasm-unsafe-eval'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'", 'blob:'],
});

/** The headers by the beginning of a file's path; a longer beginning adds to the shorter ones. */
export function headersByPath(pagePolicy) {
  return {
    '/': {
      // Only with these two do browsers let the threads of wasm kernels share memory.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Content-Security-Policy': `${pagePolicy}; frame-ancestors 'none'`,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    },
    '/workers/': { 'Content-Security-Policy': WORKER_POLICY },
  };
}

function policy(directives) {
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
}
