/** What a program printed, and how it ended. All of it is text. */
import { LiveRegion } from '../shell/parts/live-region.js';
import { Progress } from '../shell/parts/progress.js';
import type { Line, ThrownError } from './program-worker.js';
import type { Outcome } from './run-state.js';

export interface OutputProps {
  readonly lines: readonly Line[];
  readonly outcome: Outcome;
}

export function Output({ lines, outcome }: OutputProps) {
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard too */}
      <div class="output" role="log" aria-label="Output" tabIndex={0}>
        {lines.map(({ kind, text }, i) => (
          <pre key={i} class={kind}>
            {text}
          </pre>
        ))}
        {lines.length === 0 && <p class="muted">{EMPTY[outcome.kind]}</p>}
      </div>
      {outcome.kind === 'running' && <Progress label="Running" done={null} />}
      {outcome.kind === 'failed' && <Failure error={outcome.error} />}
      {outcome.kind === 'stopped' && <p role="alert">{outcome.reason}</p>}
      <LiveRegion text={SPOKEN[outcome.kind]} />
    </>
  );
}

const EMPTY: Readonly<Record<Outcome['kind'], string>> = {
  none: 'Press Run: what the program prints appears here, and the graph that it shows below.',
  running: '',
  finished: 'It printed nothing.',
  failed: 'It printed nothing.',
  stopped: 'It printed nothing.',
};

const SPOKEN: Readonly<Record<Outcome['kind'], string>> = {
  none: '',
  running: 'The program runs.',
  finished: 'The program has ended.',
  failed: '',
  stopped: '',
};

function Failure({ error: { name, message, line } }: { readonly error: ThrownError }) {
  return (
    <div class="problem" role="alert">
      <strong>{line === null ? name : `Line ${line}: ${name}`}</strong>
      <pre>{message}</pre>
    </div>
  );
}
