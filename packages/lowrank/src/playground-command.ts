/** `lowrank playground`: serves the built playground on this machine, with the headers that wasm threads need. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError, LowrankError } from '@lowrank/tensor';
import { Command } from 'commander';
import pc from 'picocolors';
import sirv from 'sirv';

const FOLDER = fileURLToPath(new URL('../dist/playground/', import.meta.url));

interface Flags {
  readonly host: string;
  readonly port: string;
  readonly folder?: string;
}

/** Headers by the beginning of the path that they are sent for; a longer beginning adds to shorter ones. */
type HeadersByPath = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The command. It serves until the signal aborts, which is not an error here.
 */
export function playgroundCommand(signal: AbortSignal): Command {
  return new Command('playground')
    .description('Serve the playground, a page that shows autograd, LoRA and the speed of this machine.')
    .option('--port <number>', 'port to listen on; 0 takes any that is free', '8114')
    .option('--host <name>', 'address to listen on', 'localhost')
    .option('--folder <path>', 'serve another build of the playground')
    .action(async ({ host, port, folder = FOLDER }: Flags) => {
      const server = await listen(playgroundServer(folder), host, portNumber(port));
      const { port: actual } = server.address() as AddressInfo;
      const name = isIPv6(host) ? `[${host}]` : host;
      console.log(`The playground is at ${pc.bold(`http://${name}:${actual}/`)} (Ctrl-C ends it)`);
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      server.close();
      server.closeAllConnections();
    });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new ArgumentError('playground', `--port must be a whole number from 0 to 65535, not '${text}'`);
}

/** @throws LowrankError if the folder holds no build. */
function playgroundServer(folder: string): Server {
  if (!existsSync(join(folder, 'headers.json')))
    throw new LowrankError(
      'playground',
      `there is no build of the playground in ${folder}. In a checkout, 'npm run playground' builds and serves it`,
    );
  const headers = JSON.parse(readFileSync(join(folder, 'headers.json'), 'utf8')) as HeadersByPath;
  const serve = sirv(folder, {
    etag: true,
    setHeaders(response, path) {
      for (const [beginning, values] of Object.entries(headers)) {
        if (!path.startsWith(beginning)) continue;
        for (const [name, value] of Object.entries(values)) response.setHeader(name, value);
      }
      // The build puts hashes into these names, so what is behind them never changes.
      const isHashed = /^\/(assets|workers)\//.test(path);
      response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return createServer((request, response) =>
    serve(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end('Not found\n');
    }),
  );
}

/** @throws LowrankError if the port is taken, or the address is not one of this machine. */
function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? `port ${port} is taken` : error.message;
      reject(new LowrankError('playground', `${reason}. Choose another with --port or --host`));
    });
    server.listen(port, host, () => resolve(server));
  });
}
