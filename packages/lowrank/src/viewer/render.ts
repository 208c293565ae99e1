/** `toHtml`: a page that shows a graph and walks through its backward pass. */
import { foldGraph, type Graph } from '@lowrank/autograd';
import { checkOptions, Tensor } from '@lowrank/tensor';
import { html, type SafeHtml } from '@remix-run/html-template';
import { readGraphviz, readProgram } from '#scripts';
import { selfContainedPage } from '../self-contained-page.js';
import { graphData, type Mark, type ViewerData, viewerData } from './data.js';
import { boxLabel, type Drawing, drawingOf, layoutRequest } from './layout.js';
import { PARTS } from './page/parts.js';
import { runViewer } from './page/run.js';
import { STYLE } from './style.js';

export interface ViewerOptions {
  /** The title of the page. Default `Graph`. */
  readonly title?: string;
  /** What the backward pass begins with, as in `backward`. Default: 1 for an output of one element. */
  readonly gradient?: Tensor;
  /**
   * A node that the page begins at, with the modules around it open: that of an anomaly, say,
   * `toHtml(error.output, { gradient: error.gradient, mark: error })`. Default: none.
   */
  readonly mark?: Mark;
  /** The texts of the programs that called the ops, by file. Default: what Node finds at the places that were traced. */
  readonly programs?: Readonly<Record<string, string>>;
  /** The text of `@viz-js/viz/dist/viz-global.js`. Default: Node reads it from the package. */
  readonly graphviz?: string;
}

/**
 * A page in one file that shows what a tensor was computed by, from left to right, and then its backward pass one node at
 * a time: the rule, the gradients that come in and go out, and how they add up on the leaves. Modules fold into one box and
 * open on click. Compute the tensor inside of `traceCalls` to see modules, values and the lines of the program too.
 *
 * The layout is Graphviz's. Pages of graphs with modules bring it along (1.3 MB), to lay out what is opened.
 *
 * @param output A tensor with a graph; or a graph alone, of which no backward pass is shown.
 * @throws GradientError if the tensor has no graph, or its backward pass fails.
 * @example
 * const loss = traceCalls(() => crossEntropy(model.forward(x), y), { modules: model });
 * await writeFile('graph.html', await toHtml(loss));
 */
export async function toHtml(output: Tensor | Graph, options: ViewerOptions = {}): Promise<string> {
  checkOptions('toHtml', options);
  const { title = 'Graph', gradient, mark = null, programs } = options;
  const readLine = lineReader(programs);
  const data =
    output instanceof Tensor
      ? await viewerData(output, { title, mark, gradient, readLine })
      : await graphData(output, { title, mark, readLine });
  const hasModules = data.graph.modules.length > 0;
  const graphviz = hasModules ? [options.graphviz ?? (await readGraphviz())] : [];
  return selfContainedPage({
    title,
    style: STYLE,
    body: pageBody(title),
    data: { data, drawings: await firstDrawing(data) },
    scripts: [...graphviz, pageScript(hasModules)],
    runsWasm: hasModules,
  });
}

/** The layout that the page begins with, by the modules that are open in it. */
async function firstDrawing({ graph, open }: ViewerData): Promise<Record<string, Drawing>> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  const view = foldGraph(graph, new Set(open));
  const answer = viz.renderString(layoutRequest(graph, view, boxLabel), { format: 'json0', yInvert: true });
  return { [view.open.join(',')]: drawingOf(answer) };
}

/** The functions of the page by their source texts, which refer to nothing outside of themselves. */
function pageScript(hasModules: boolean): string {
  const parts = Object.entries(PARTS).map(([name, part]) => `${name}: ${part}`);
  return `'use strict';
{
  // Tools that keep the names of functions call this in their texts.
  const __name = (value) => value;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const parts = { ${parts.join(',\n')} };
  (${runViewer})(parts, read('data'), read('drawings'), ${hasModules ? '() => Viz.instance()' : 'null'});
}
`;
}

function lineReader(programs: Readonly<Record<string, string>> = {}) {
  const texts = new Map(
    Object.entries(programs).map(([file, text]) => [file, Promise.resolve<string | null>(text)]),
  );
  return async (file: string, line: number): Promise<string | null> => {
    const text = texts.get(file) ?? readProgram(file);
    texts.set(file, text);
    return (await text)?.split('\n')[line - 1]?.trim() ?? null;
  };
}

function pageBody(title: string): SafeHtml {
  return html`<header><h1>${title}</h1><p id="about" class="aside"></p></header>
<main>
<div class="bar">
<div id="controls" role="group" aria-label="Backward pass" hidden>
<button id="first" type="button" aria-label="Forward pass only">|◀</button>
<button id="back" type="button" aria-label="One step back">◀</button>
<input id="slider" type="range" min="0" max="0" value="0" aria-label="Step of the backward pass">
<button id="next" type="button" aria-label="One step on">▶</button>
<button id="last" type="button" aria-label="To the end">▶|</button>
<output id="position" for="slider"></output>
</div>
<div id="folding" role="group" aria-label="Modules" hidden>
<button id="open-all" type="button">Open all</button>
<button id="fold-all" type="button">Fold all</button>
</div>
</div>
<p id="message" role="status"></p>
<div id="graph" class="scroll" role="region" aria-label="Graph" tabindex="0"></div>
<ul class="legend aside"><li><span class="sign op" aria-hidden="true"></span>op</li>
<li><span class="sign leaf" aria-hidden="true"></span>parameter or leaf</li>
<li><span class="sign constant" aria-hidden="true"></span>constant, no gradient</li>
<li><span class="sign module" aria-hidden="true"></span>▸ module, press to open</li>
<li>◀ now: this step</li><li>✓ done</li><li id="mark-sign" hidden>⚠ to look at</li>
<li>Keys: <kbd>←</kbd> <kbd>→</kbd> step, <kbd>Home</kbd> <kbd>End</kbd>; on a box <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd>; <kbd>o</kbd> open all, <kbd>f</kbd> fold all</li></ul>
<div class="panels"><div id="step" aria-live="polite"></div><div id="node"></div></div>
<div id="leaves"></div>
<noscript><p>The graph is drawn by a script of this page, which is not allowed to run here.</p></noscript>
</main>`;
}
