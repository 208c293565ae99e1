// What the site makes of Markdown beyond what GitHub does: links into the repository and to the reference, and viewers.
// @ts-check

import { existsSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { DOCS, documentOf, GENERATED, isExternal, pageOf, ROOT, targetOf } from './places.mjs';
import { VIEWERS } from './viewers.mjs';

/**
 * @typedef {import('vitepress').MarkdownRenderer} Markdown
 * @typedef {ReturnType<Markdown['parse']>[number]} Token
 */

/** The address of a page of docs/. */
const addressOf = (/** @type {string} */ page) => `/${page.replace(GENERATED, '')}`;

/** The page that is being made, seen from docs/; `null` for what is rendered by itself, such as a title. */
function pageIn(/** @type {{ path?: string, realPath?: string }} */ { path, realPath = path }) {
  return realPath === undefined ? null : relative(DOCS, realPath).replaceAll('\\', '/');
}

/**
 * Links of guides to files of the repository lead to the pages that show them.
 * @param {Markdown} markdown
 */
export function repositoryLinks(markdown) {
  markdown.core.ruler.push('repository-links', ({ tokens, env }) => {
    const page = pageIn(env);
    const document = page === null ? null : documentOf(page);
    if (page === null || document === null) return;
    for (const token of inlineTokens(tokens)) {
      const attribute = { link_open: 'href', image: 'src' }[token.type];
      const link = attribute && token.attrGet(attribute);
      if (!attribute || !link || isExternal(link) || link.startsWith('/') || link.startsWith('#')) continue;
      const { path, anchor } = targetOf(document, link);
      if (token.type === 'image') token.attrSet('src', posix.relative(posix.dirname(`docs/${page}`), path));
      else if (existsSync(join(ROOT, path))) {
        const address = addressOf(pageOf(path)).replace(/(^|\/)index\.md$/, '$1');
        token.attrSet('href', anchor === '' ? address : `${address}#${anchor}`);
      }
    }
  });
}

/** @param {readonly Token[]} tokens */
const inlineTokens = (tokens) => tokens.flatMap(({ children }) => children ?? []);

/**
 * Where a page names an export in code, such as `matmul`, for the first time or in a table, it leads to the reference.
 * @param {Markdown} markdown
 * @param {ReadonlyMap<string, string>} pages The pages of exports by their names.
 */
export function referenceLinks(markdown, pages) {
  markdown.core.ruler.push('reference-links', ({ tokens, env, Token }) => {
    const page = pageIn(env);
    if (page === null || documentOf(page) === null) return;
    const seen = new Set();
    let isTable = false;

    /** @param {Token} token */
    const linked = (token) => {
      const name = /^([A-Za-z]\w+)(\(.*\))?$/.exec(token.content)?.[1] ?? '';
      const target = pages.get(name);
      if (target === undefined || (seen.has(name) && !isTable)) return [token];
      seen.add(name);
      const open = new Token('link_open', 'a', 1);
      open.attrSet('href', addressOf(target));
      return [open, token, new Token('link_close', 'a', -1)];
    };

    for (const [i, token] of tokens.entries()) {
      if (/^table_(open|close)$/.test(token.type)) isTable = token.type === 'table_open';
      if (token.children === null || tokens[i - 1]?.type === 'heading_open') continue;
      let depth = 0;
      token.children = token.children.flatMap((child) => {
        depth += { link_open: 1, link_close: -1 }[child.type] ?? 0;
        return child.type === 'code_inline' && depth === 0 ? linked(child) : [child];
      });
    }
  });
}

/**
 * The comment `<!-- viewer: name.html Title -->` becomes a frame with the viewer that a program of the guide has written.
 * @param {Markdown} markdown
 * @param {string} base Where the site lies on its server.
 */
export function viewerFrames(markdown, base) {
  const { escapeHtml } = markdown.utils;
  markdown.core.ruler.push('viewer-frames', ({ tokens }) => {
    for (const token of tokens.filter(({ type }) => type === 'html_block')) {
      token.content = token.content.replace(/<!-- viewer: (\S+) (.*?) -->/g, (_, name, title) => {
        const address = escapeHtml(`${base}${VIEWERS}${name}`);
        const caption = `${escapeHtml(title)}: <a href="${address}" target="_blank">in a page of its own</a>`;
        return `<figure class="viewer"><iframe src="${address}" title="${escapeHtml(title)}" loading="lazy"></iframe><figcaption>${caption}</figcaption></figure>`;
      });
    }
  });
}
