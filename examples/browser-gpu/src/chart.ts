/** A curve that grows: the losses of all steps, drawn as SVG once per frame at most. */

const NAMESPACE = 'http://www.w3.org/2000/svg';
const MARGIN = { left: 36, right: 10, top: 10, bottom: 24 };
const MEAN_OF = 20;

/** Rounds up to 1, 2 or 5 times a power of ten. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5, 10].find((each) => each * power >= step) ?? 10);
}

/** About `count` round numbers from 0 to `end`. */
function ticks(end: number, count: number): number[] {
  const step = niceStep(end / count);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** The mean of each value and those before it, of `MEAN_OF` at most. */
function runningMeans(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (values[i - MEAN_OF] ?? 0);
    return sum / Math.min(i + 1, MEAN_OF);
  });
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, text = ''): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

export class LossChart {
  #losses: number[] = [];
  #isScheduled = false;

  /** Draws into `svg`, which has its size from the page's style. */
  constructor(private readonly svg: SVGSVGElement) {
    new ResizeObserver(() => this.#schedule()).observe(svg);
  }

  clear(): void {
    this.#losses = [];
    this.#schedule();
  }

  add(loss: number): void {
    this.#losses.push(loss);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw();
    });
  }

  #draw(): void {
    const { width, height } = this.svg.getBoundingClientRect();
    const losses = this.#losses;
    const finite = losses.filter(Number.isFinite);
    const right = Math.max(losses.length, 10);
    const top = finite.reduce((a, b) => Math.max(a, b), 2.5);
    const x = (step: number) => MARGIN.left + (step / right) * (width - MARGIN.left - MARGIN.right);
    const y = (loss: number) => height - MARGIN.bottom - (loss / top) * (height - MARGIN.top - MARGIN.bottom);
    const line = (name: string, values: readonly number[]) =>
      element('polyline', {
        class: name,
        points: values
          .flatMap((value, i) =>
            Number.isFinite(value) ? [`${x(i + 1).toFixed(1)},${y(value).toFixed(1)}`] : [],
          )
          .join(' '),
      });
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.svg.replaceChildren(
      ...ticks(top, 5).flatMap((tick) => [
        element('line', { class: 'grid', x1: x(0), x2: x(right), y1: y(tick), y2: y(tick) }),
        element('text', { x: x(0) - 6, y: y(tick) + 4, 'text-anchor': 'end' }, String(+tick.toFixed(6))),
      ]),
      ...ticks(right, Math.max(2, width / 90)).map((tick) =>
        element('text', { x: x(tick), y: height - 6, 'text-anchor': 'middle' }, String(tick)),
      ),
      line('each', losses),
      line('mean', runningMeans(losses)),
    );
  }
}
