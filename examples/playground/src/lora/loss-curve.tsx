/** The losses of a fine-tune as a curve that grows while it runs. */
export interface LossCurveProps {
  readonly losses: readonly number[];
  /** How many there will be. */
  readonly steps: number;
}

const WIDTH = 320;
const HEIGHT = 130;
const MARGIN = { left: 34, right: 8, top: 8, bottom: 22 };

export function LossCurve({ losses, steps }: LossCurveProps) {
  const top = roundUp(Math.max(...losses));
  const x = (i: number) => MARGIN.left + (i / Math.max(1, steps - 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (loss: number) => MARGIN.top + (1 - loss / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const [first, last] = [losses[0] ?? 0, losses.at(-1) ?? 0];
  return (
    <svg
      class="lora-curve"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Loss of ${losses.length} steps, from ${first.toFixed(3)} to ${last.toFixed(3)}`}
    >
      {[0, top / 2, top].map((loss) => (
        <g key={loss}>
          <line class="grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(loss)} y2={y(loss)} />
          <text x={MARGIN.left - 5} y={y(loss)} text-anchor="end" dominant-baseline="middle">
            {loss}
          </text>
        </g>
      ))}
      <text x={MARGIN.left} y={HEIGHT - 5}>
        loss, step 1
      </text>
      <text x={WIDTH - MARGIN.right} y={HEIGHT - 5} text-anchor="end">
        step {steps}
      </text>
      <polyline points={losses.map((loss, i) => `${x(i)},${y(loss)}`).join(' ')} />
      <circle cx={x(losses.length - 1)} cy={y(last)} r={3} />
    </svg>
  );
}

/** The next number with one digit: one that axes can end with. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-3)));
  return Number((Math.ceil(value / power) * power).toPrecision(1));
}
