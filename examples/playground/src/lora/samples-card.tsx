/** The digits that a hand has kept, what each is meant to be, and what it is taken for. */
import { Button } from '../shell/parts/button.js';
import { Card } from '../shell/parts/card.js';
import { DigitImage } from './digit-image.js';
import { deleteSample, hand, isLoraOn, type Sample } from './hands.js';
import { type SampleReading, sampleReadings } from './readings.js';

export function SamplesCard() {
  const { name, samples } = hand.value;
  const deleteAll = (
    <Button
      onClick={() => {
        samples.value = [];
      }}
      disabled={samples.value.length === 0}
    >
      Delete all
    </Button>
  );
  return (
    <Card title={`Digits of ${name.value}`} actions={deleteAll}>
      <label class="lora-name">
        Name
        <input
          type="text"
          value={name.value}
          maxLength={40}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value;
          }}
        />
      </label>
      {samples.value.length === 0 ? (
        <p class="muted">
          Draw digits the way you write them, above all those that are misread, and keep each as what it is
          meant to be. Three to ten are enough.
        </p>
      ) : (
        <ul class="lora-samples">
          {samples.value.map((sample) => (
            <SampleItem key={sample.id} sample={sample} reading={sampleReadings.value.get(sample.id)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function SampleItem({
  sample,
  reading,
}: {
  readonly sample: Sample;
  readonly reading?: SampleReading | undefined;
}) {
  const taken = isLoraOn.value ? reading?.adapted : reading?.alone;
  const isRight = taken === sample.label;
  return (
    <li>
      <DigitImage pixels={sample.image} label={`Your ${sample.label}`} />
      <span>
        <strong>{sample.label}</strong>
        {taken !== undefined && (
          <span class={isRight ? 'lora-right' : 'lora-wrong'}>
            {isRight ? '✓' : '✗'} read {taken}
          </span>
        )}
      </span>
      <Button kind="quiet" onClick={() => deleteSample(sample)} label={`Delete this ${sample.label}`}>
        ×
      </Button>
    </li>
  );
}
