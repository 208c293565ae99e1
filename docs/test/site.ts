/** The built site: whether it is there and up to date, its pages, and a server for them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, posix, relative } from 'node:path';
import { DOCS, isExternal } from '../site/places.mjs';

export const DIST = join(DOCS, '.vitepress/dist');

/** Why the site cannot be tested; empty if it can. */
export function whyNot(): string {
  const index = join(DIST, 'index.html');
  if (!existsSync(index)) return 'it is not built: npm run docs';
  const built = statSync(index).mtimeMs;
  const sources = ['.', '.vitepress', '.vitepress/theme', 'site'].flatMap((folder) =>
    readdirSync(join(DOCS, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(DOCS, folder, name)),
  );
  const newer = sources.find((file) => statSync(file).mtimeMs > built);
  return newer === undefined ? '' : `it is older than docs/${relative(DOCS, newer)}: npm run docs`;
}

/** A page of the site. */
export interface Page {
  /** Its address, from `/`. */
  readonly path: string;
  /** The ids of its elements. */
  readonly anchors: ReadonlySet<string>;
  /** The addresses that it links to, frames and pictures included, as they are written. */
  readonly links: readonly string[];
}

export function readPages(): Page[] {
  return readdirSync(DIST, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.html'))
    .map((file) => {
      const html = readFileSync(join(DIST, file), 'utf8').replace(/<script[\s\S]*?<\/script>/g, '');
      const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, value]) => unescaped(value));
      return {
        path: `/${file.replaceAll('\\', '/')}`,
        anchors: new Set(all(/\sid="([^"]*)"/g)),
        links: all(/<(?:a|iframe|img)\b[^>]*?\s(?:href|src)="([^"]*)"/g),
      };
    });
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** The links of pages that lead nowhere on the site, `page -> link`. */
export function brokenLinks(pages: readonly Page[]): string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  return pages.flatMap(({ path, links }) =>
    links
      .filter((link) => !isExternal(link) && !leadsSomewhere(byPath, path, link))
      .map((link) => `${path} -> ${link}`),
  );
}

function leadsSomewhere(pages: ReadonlyMap<string, Page>, from: string, link: string): boolean {
  const [address, anchor] = decodeURI(link).split('#');
  const absolute = address === '' ? from : posix.resolve(posix.dirname(from), address);
  const path = address.endsWith('/') ? posix.join(absolute, 'index.html') : absolute;
  if (!/\.html$/.test(path)) return existsSync(join(DIST, path));
  const page = pages.get(path);
  return page !== undefined && (anchor === undefined || anchor === '' || page.anchors.has(anchor));
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
  json: 'application/json',
};

/** Serves the site as a static server does. */
export function serveSite(): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server: Server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = join(DIST, decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
    const isThere = existsSync(file);
    const type = TYPES[/\.(\w+)$/.exec(file)?.[1] ?? ''] ?? 'application/octet-stream';
    response.writeHead(isThere ? 200 : 404, { 'Content-Type': isThere ? type : 'text/plain' });
    response.end(isThere ? readFileSync(file) : 'not found');
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        origin: `http://127.0.0.1:${port}`,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
