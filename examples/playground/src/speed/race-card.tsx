/** The race: what is computed, the button that starts it, how far it is, and its results. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Button } from '../shell/parts/button.js';
import { Card } from '../shell/parts/card.js';
import { LiveRegion } from '../shell/parts/live-region.js';
import { Problem } from '../shell/parts/problem.js';
import { Progress } from '../shell/parts/progress.js';
import { Cancelled } from '../shell/worker-task.js';
import { Bars } from './bars.js';
import { type RaceReport, startRace } from './race.js';
import { ResultTable } from './result-table.js';
import { resultsOf } from './results.js';
import { MATMULS, STEPS, titleOf, type Workload } from './workload.js';

const GROUPS = [
  { label: 'Product of two square matrices', workloads: MATMULS },
  { label: 'Step of Adam on the MNIST CNN', workloads: STEPS },
];
const WORKLOADS = GROUPS.flatMap(({ workloads }) => workloads);
const FIRST = WORKLOADS.findIndex((workload) => workload.kind === 'matmul' && workload.size === 512);

/** The results that are shown, and of what. */
interface Shown {
  readonly workload: Workload;
  readonly report: RaceReport;
}

export function RaceCard() {
  const choice = useSignal(FIRST);
  const shown = useSignal<Shown | null>(null);
  const failure = useSignal<unknown>(null);
  const status = useSignal('');
  const cancel = useSignal<(() => void) | null>(null);
  useEffect(() => () => cancel.value?.(), []);

  async function start(): Promise<void> {
    const workload = WORKLOADS[choice.value] as Workload;
    failure.value = null;
    status.value = 'The race has begun.';
    const race = startRace(workload, (report) => {
      shown.value = { workload, report };
    });
    cancel.value = race.cancel;
    try {
      await race.result;
      status.value = 'The race is over; its results are in the table.';
    } catch (error) {
      if (error instanceof Cancelled) status.value = 'The race was cancelled.';
      else failure.value = error;
    } finally {
      cancel.value = null;
    }
  }

  const isRacing = cancel.value !== null;
  return (
    <Card
      title="Race"
      actions={
        <>
          <label>
            <span class="visually-hidden">What is computed</span>
            <select
              value={choice.value}
              disabled={isRacing}
              onChange={(event) => {
                choice.value = Number(event.currentTarget.value);
              }}
            >
              {GROUPS.map(({ label, workloads }) => (
                <optgroup key={label} label={label}>
                  {workloads.map((workload) => (
                    <option key={titleOf(workload)} value={WORKLOADS.indexOf(workload)}>
                      {titleOf(workload)}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          </label>
          <Button kind="primary" onClick={start} disabled={isRacing}>
            Start
          </Button>
        </>
      }
    >
      <p>
        All compute the same, each in a worker of its own. One whose numbers differ is not timed; the others
        take turns for seven rounds, so that whatever else this machine does slows all of them alike. Plain
        loops are those of a textbook for a product, and lowrank’s reference kernels for a training step.
      </p>
      <LiveRegion text={status.value} />
      {isRacing && (
        <Progress
          label="Racing"
          done={shown.value?.report.done ?? 0}
          detail={shown.value?.report.activity ?? ''}
          onCancel={() => cancel.value?.()}
        />
      )}
      {failure.value !== null && <Problem title="The race could not go on" error={failure.value} />}
      {shown.value !== null && <Results {...shown.value} />}
    </Card>
  );
}

function Results({ workload, report }: Shown) {
  const results = resultsOf(report.standings, workload);
  return (
    <>
      <Bars results={results} title={titleOf(workload)} />
      <ResultTable results={results} />
    </>
  );
}
