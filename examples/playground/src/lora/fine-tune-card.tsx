/** Fine-tuning an adapter on the digits of a hand. */
import { type Signal, useSignal } from '@preact/signals';
import { Button } from '../shell/parts/button.js';
import { Card } from '../shell/parts/card.js';
import { hand } from './hands.js';
import { JobNews } from './job-news.js';
import { LossCurve } from './loss-curve.js';
import { sampleReadings } from './readings.js';
import { fineTune, fineTuning, isReady, losses } from './studio.js';

const RANKS = [1, 2, 4, 8];
const STEPS = [20, 40, 80, 160];
const LEARNING_RATES = [0.001, 0.002, 0.005, 0.01];

export function FineTuneCard() {
  const rank = useSignal(4);
  const steps = useSignal(40);
  const learningRate = useSignal(0.005);
  /** How many steps the curve is of. */
  const shownSteps = useSignal(steps.value);
  const { name, samples } = hand.value;
  const start = () => {
    shownSteps.value = steps.value;
    void fineTune(hand.value, { rank: rank.value, steps: steps.value, learningRate: learningRate.value });
  };
  return (
    <Card title="Fine-tune a LoRA">
      <div class="lora-settings">
        <Choice label="Rank" choices={RANKS} chosen={rank} />
        <Choice label="Steps" choices={STEPS} chosen={steps} />
        <Choice label="Learning rate" choices={LEARNING_RATES} chosen={learningRate} />
      </div>
      <Button kind="primary" onClick={start} disabled={!isReady.value || samples.value.length === 0}>
        Fine-tune for {name}
      </Button>
      <p class="muted">
        The network stays frozen; only A and B of its three convolutions learn. Half of each batch are your
        digits, half are digits of MNIST, so that these are not forgotten.
      </p>
      <JobNews job={fineTuning} />
      {losses.value.length > 0 && <LossCurve losses={losses.value} steps={shownSteps.value} />}
      <OwnScore />
    </Card>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly choices: readonly number[];
  readonly chosen: Signal<number>;
}

function Choice({ label, choices, chosen }: ChoiceProps) {
  return (
    <label>
      {label}
      <select
        value={chosen.value}
        onChange={({ currentTarget }) => {
          chosen.value = Number(currentTarget.value);
        }}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

/** How many of the own digits are read right, without the adapter and with it. */
function OwnScore() {
  const { samples, adapter } = hand.value;
  const { length } = samples.value;
  if (adapter.value === null || length === 0) return null;
  const right = (by: 'alone' | 'adapted') =>
    samples.value.filter(({ id, label }) => sampleReadings.value.get(id)?.[by] === label).length;
  return (
    <p class="lora-own-score">
      Own digits read right: {right('alone')} of {length} by the network alone,{' '}
      <strong>
        {right('adapted')} of {length}
      </strong>{' '}
      with LoRA.
    </p>
  );
}
