/// <reference lib="dom" />
/** The page's life: slider, keyboard, and folding. It must not refer to anything outside of itself but types. */
import type { GraphView } from '@lowrank/autograd';
import type { Viz } from '@viz-js/viz';
import type { ViewerData } from '../data.js';
import type { Drawing } from '../layout.js';
import type { Parts } from './parts.js';

/**
 * @param drawings The layouts that are known, by the numbers of the modules that are open, `0,2`.
 * @param startGraphviz Starts the engine that lays out the others; `null` where there is nothing to open.
 */
/* istanbul ignore next: runs in pages only */
export function runViewer(
  parts: Parts,
  data: ViewerData,
  drawings: Record<string, Drawing>,
  startGraphviz: (() => Promise<Viz>) | null,
): void {
  const {
    foldGraph,
    layoutRequest,
    boxLabel,
    drawingOf,
    drawGraph,
    showStep,
    showNode,
    showLeaves,
    element,
  } = parts;
  const { graph, steps, mark: marked } = data;
  const byId = <T extends Element>(id: string) => document.getElementById(id) as unknown as T;
  const slider = byId<HTMLInputElement>('slider');
  const canvas = byId<HTMLElement>('graph');
  const mostBoxes = 400;
  let engine: Promise<Viz> | null = null;
  let open = new Set(data.open);
  let view: GraphView = foldGraph(graph, open);
  let count = 0;
  let chosen: number | null = null;
  let turns = 0;

  async function layout(next: GraphView): Promise<Drawing> {
    const key = next.open.join(',');
    const known = drawings[key];
    if (known) return known;
    engine ??= startGraphviz?.() ?? null;
    const viz = await engine;
    if (viz === null) throw new Error('this page has no engine to lay out the graph');
    const answer = viz.renderString(layoutRequest(graph, next, boxLabel), { format: 'json0', yInvert: true });
    const drawing = drawingOf(answer);
    drawings[key] = drawing;
    return drawing;
  }

  /** Draws the graph with these modules open; the keyboard goes on at what `focus` selects. */
  async function fold(modules: ReadonlySet<number>, focus: string | null): Promise<void> {
    const next = foldGraph(graph, modules);
    if (next.boxes.length > mostBoxes && next.boxes.length > view.boxes.length) {
      say(
        `That would show ${next.boxes.length} boxes at once; at most ${mostBoxes} are. Open single modules.`,
      );
      return;
    }
    const turn = ++turns;
    const drawing = await layout(next);
    // A later one may have been faster.
    if (turn !== turns) return;
    open = new Set(modules);
    view = next;
    canvas.replaceChildren(drawGraph(parts, data, next, drawing));
    mark();
    reach(canvas.querySelector(focus ?? 'g.box'), focus !== null);
  }

  /** One box at a time can be reached by Tab, the others from there by arrow keys. */
  function reach(target: Element | null, focus: boolean): void {
    for (const each of canvas.querySelectorAll('[tabindex="0"]')) each.setAttribute('tabindex', '-1');
    target?.setAttribute('tabindex', '0');
    if (focus) (target as SVGElement | null)?.focus({ preventScroll: false });
  }

  /** Shows by signs, lines and colours what is active, what is done, and where gradients go. */
  function mark(): void {
    const step = steps[count - 1];
    const boxOf = (node: number) => view.boxOf[node] ?? '';
    const state = (all: readonly (typeof step)[]) =>
      new Set(all.flatMap((each) => (each ? [boxOf(each.node)] : [])));
    const done = state(steps.slice(0, count));
    const ahead = state(steps.slice(count));
    const ends = new Set(
      step?.kind === 'rule' ? step.outgoing.map(({ to }) => `${boxOf(to)} ${boxOf(step.node)}`) : [],
    );
    for (const box of canvas.querySelectorAll<SVGElement>('g.box')) {
      const key = box.dataset.key ?? '';
      const isActive = step !== undefined && key === boxOf(step.node);
      const isDone = !isActive && done.has(key) && !ahead.has(key);
      box.classList.toggle('active', isActive);
      box.classList.toggle('done', isDone);
      box.classList.toggle('chosen', chosen !== null && key === `n${chosen}`);
      const warns = marked !== null && key === boxOf(marked.node);
      box.classList.toggle('marked', warns);
      if (isActive) box.setAttribute('aria-current', 'step');
      else box.removeAttribute('aria-current');
      const badge = box.querySelector('.badge');
      const sign = isActive ? '◀ now' : isDone ? '✓' : '';
      if (badge) badge.textContent = warns ? `${sign} ⚠`.trim() : sign;
      if (isActive) bringIntoView(box);
    }
    for (const link of canvas.querySelectorAll<SVGElement>('path.link')) {
      link.classList.toggle('active', ends.has(`${link.dataset.from} ${link.dataset.to}`));
    }
  }

  /** Scrolls the graph, never the page. */
  function bringIntoView(box: Element): void {
    const [inner, outer] = [box.getBoundingClientRect(), canvas.getBoundingClientRect()];
    if (inner.left < outer.left || inner.right > outer.right)
      canvas.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
    if (inner.top < outer.top || inner.bottom > outer.bottom)
      canvas.scrollTop += (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
  }

  function go(to: number): void {
    count = Math.max(0, Math.min(steps.length, to));
    const step = steps[count - 1];
    slider.value = String(count);
    const name =
      step === undefined
        ? 'forward'
        : boxLabel(graph, { key: '', id: step.node, isModule: false, within: null, ops: 1 })[0];
    slider.setAttribute('aria-valuetext', `Step ${count} of ${steps.length}: ${name}`);
    byId('position').textContent = `${count} of ${steps.length}: ${name}`;
    for (const id of ['first', 'back']) byId<HTMLButtonElement>(id).disabled = count === 0;
    for (const id of ['next', 'last']) byId<HTMLButtonElement>(id).disabled = count === steps.length;
    byId('step').replaceChildren(showStep(parts, data, count));
    byId('leaves').replaceChildren(...(steps.length === 0 ? [] : [showLeaves(parts, data, count)]));
    choose(step?.node ?? chosen ?? graph.nodes.length - 1);
    mark();
  }

  function choose(node: number): void {
    chosen = node;
    byId('node').replaceChildren(showNode(parts, data, node));
  }

  function say(text: string): void {
    byId('message').textContent = text;
  }

  /** A box or a frame was pressed. */
  function press(target: Element | null): void {
    const pressed = target?.closest<SVGElement>('[data-key], [data-module]');
    if (!pressed) return;
    say('');
    const { key = '', module } = pressed.dataset;
    const id = Number(module ?? key.slice(1));
    if (module === undefined && key.startsWith('n')) {
      choose(id);
      mark();
      reach(pressed, true);
      return;
    }
    const next = new Set(open);
    const opens = module === undefined;
    if (opens) next.add(id);
    else next.delete(id);
    fold(next, opens ? `[data-module="${id}"]` : `[data-key="m${id}"]`).catch((error) => say(String(error)));
  }

  /** The box before or after, in the order of the computation. */
  function neighbour(target: Element, by: number): void {
    const all = [...canvas.querySelectorAll('[data-key], [data-module]')];
    reach(all[all.indexOf(target) + by] ?? target, true);
  }

  const openAll = () => fold(new Set(graph.modules.keys()), null).catch((error) => say(String(error)));
  const foldAll = () => fold(new Set(), null).catch((error) => say(String(error)));
  const keys: Record<string, (target: Element) => void> = {
    ArrowRight: () => go(count + 1),
    ArrowLeft: () => go(count - 1),
    Home: () => go(0),
    End: () => go(steps.length),
    o: openAll,
    f: foldAll,
  };
  const keysOnBoxes: typeof keys = {
    ArrowDown: (target) => neighbour(target, 1),
    ArrowUp: (target) => neighbour(target, -1),
    Enter: press,
    ' ': press,
  };
  document.addEventListener('keydown', (event) => {
    const target = event.target as Element;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isBox = target.closest('[data-key], [data-module]') !== null;
    // What scrolls or slides by arrow keys keeps them.
    if (!isBox && target.closest('input, .scroll, pre')) return;
    const act = (isBox ? keysOnBoxes[event.key] : undefined) ?? keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act(target);
  });
  canvas.addEventListener('click', (event) => press(event.target as Element));
  slider.addEventListener('input', () => go(Number(slider.value)));
  const clicks: Record<string, () => void> = {
    first: () => go(0),
    back: () => go(count - 1),
    next: () => go(count + 1),
    last: () => go(steps.length),
    'open-all': openAll,
    'fold-all': foldAll,
  };
  for (const [id, act] of Object.entries(clicks)) byId(id).addEventListener('click', act);

  const ops = graph.nodes.filter(({ kind }) => kind === 'op').length;
  byId('about').append(
    element(
      'span',
      {},
      `${ops} ops, ${graph.nodes.length - ops} tensors that went in, ${steps.length} steps of the backward pass.`,
    ),
  );
  slider.max = String(steps.length);
  byId<HTMLElement>('controls').hidden = steps.length === 0;
  byId<HTMLElement>('folding').hidden = graph.modules.length === 0;
  byId<HTMLElement>('mark-sign').hidden = marked === null;
  fold(open, null).catch((error) => say(String(error)));
  const at = steps.findIndex(({ kind, node }) => kind === 'rule' && node === marked?.node);
  if (marked !== null) chosen = marked.node;
  go(at + 1);
}
