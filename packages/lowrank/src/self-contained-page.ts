/** The frame of pages that need no other file, ask no server for anything, and run no script but their own. */
import { LowrankError } from '@lowrank/tensor';
import { html, type SafeHtml } from '@remix-run/html-template';

export interface PageContent {
  readonly title: string;
  readonly style: string;
  readonly body: SafeHtml;
  /** Data for the scripts, by the id of the element that holds it as JSON. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Classic scripts, in the order in which they run. */
  readonly scripts: readonly string[];
  /** Whether the scripts may compile WebAssembly. Default false. */
  readonly runsWasm?: boolean;
}

/**
 * Renders the page. Everything in `data` may be hostile: it cannot end the element that it stands in.
 * @throws LowrankError (rejects) in a page that has no means to make hashes, because it is not a secure context.
 */
export async function selfContainedPage(content: PageContent): Promise<string> {
  const scripts = content.scripts.map(inScriptElement);
  const policy = await contentSecurityPolicy(scripts, content);
  const data = Object.entries(content.data).map(
    ([id, value]) => html`<script type="application/json" id="${id}">${jsonInScriptElement(value)}</script>
`,
  );
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${content.title}</title>
<link rel="icon" href="data:,">
<style>${html.raw`${content.style}`}</style>
</head>
<body>
${content.body}
${data}${scripts.map((script) => html.raw`<script>${script}</script>`)}
</body>
</html>
`);
}

/** Allows the page its own scripts and style, by their hashes, and nothing else. */
async function contentSecurityPolicy(
  scripts: readonly string[],
  { style, runsWasm = false }: PageContent,
): Promise<string> {
  const allowed = await Promise.all(scripts.map(hashSource));
  return [
    "default-src 'none'",
    `script-src ${[...allowed, ...(runsWasm ? ["'wasm-unsafe-eval'"] : [])].join(' ')}`,
    `style-src ${await hashSource(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The hash of an inline script or style, as policies write it. */
async function hashSource(text: string): Promise<string> {
  if (crypto.subtle === undefined) {
    throw new LowrankError(
      'page',
      'what it may run is allowed by hashes, which browsers make only in pages that came by https or from this machine. Serve this one so',
    );
  }
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

/** A script element ends at the first end tag, also when that stands in a string. */
function inScriptElement(script: string): string {
  return script.replaceAll('</script', '<\\/script');
}

function jsonInScriptElement(value: unknown): SafeHtml {
  return html.raw`${JSON.stringify(value).replaceAll('<', '\\u003c')}`;
}
