/** What the network takes the digit on the pad for, with LoRA or without. */
import { Card } from '../shell/parts/card.js';
import { LiveRegion } from '../shell/parts/live-region.js';
import { HANDS, hand, isLoraOn } from './hands.js';
import { DIGITS, likeliest, type PadReading, padReading } from './readings.js';
import './reading-card.css';

export function ReadingCard() {
  const reading = padReading.value;
  return (
    <Card title="What it reads">
      <Switches />
      {reading === null ? (
        <p class="muted">Draw a digit: it is read while you draw.</p>
      ) : (
        <>
          <Verdict reading={reading} />
          <Bars reading={reading} />
        </>
      )}
      <LiveRegion text={reading === null ? '' : `Reads ${likeliest(reading.probabilities)}`} />
    </Card>
  );
}

/** Whose adapter reads, and whether any does. */
function Switches() {
  const adapter = hand.value.adapter.value;
  return (
    <div class="lora-switches">
      <fieldset class="lora-hands">
        <legend>Whose hand</legend>
        {HANDS.map((other) => (
          <label key={other.id}>
            <input
              type="radio"
              name="lora-hand"
              checked={other === hand.value}
              onChange={() => {
                hand.value = other;
              }}
            />
            <span>
              {other.name}
              {other.adapter.value !== null && <span class="muted"> · LoRA</span>}
            </span>
          </label>
        ))}
      </fieldset>
      <label class="lora-switch">
        <input
          type="checkbox"
          // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked
          role="switch"
          checked={isLoraOn.value && adapter !== null}
          disabled={adapter === null}
          onChange={({ currentTarget }) => {
            isLoraOn.value = currentTarget.checked;
          }}
        />
        <span>LoRA{adapter === null && ': none yet, fine-tune one or load one'}</span>
      </label>
    </div>
  );
}

function Verdict({ reading }: { readonly reading: PadReading }) {
  return (
    <p class="lora-verdict">
      <strong>{likeliest(reading.probabilities)}</strong>
      <span>
        with {percentOf(reading.probabilities)}
        <br />
        <span class="muted">{remark(reading)}</span>
      </span>
    </p>
  );
}

function remark({ probabilities, untouched, isAdapted }: PadReading): string {
  if (isAdapted) return `The network alone reads ${likeliest(untouched)}, with ${percentOf(untouched)}.`;
  if (hand.value.adapter.value === null) return 'The network alone.';
  const isSame = probabilities.every((value, digit) => Object.is(value, untouched[digit]));
  return isSame
    ? 'LoRA is off: bit for bit what the network says that never had an adapter.'
    : 'LoRA is off, but the network that never had an adapter says something else.';
}

function percentOf(probabilities: Float32Array): string {
  return percent(Math.max(...probabilities));
}

const percent = (share: number) => `${(100 * share).toFixed(1)}\u00a0%`;

/** Marks below this would only say that there is nothing. */
const LEAST_MARKED = 0.01;

/** A bar for each digit, and a mark where it would end without LoRA. The exact numbers are the bars' titles. */
function Bars({ reading: { probabilities, untouched, isAdapted } }: { readonly reading: PadReading }) {
  const best = likeliest(probabilities);
  const share = (digit: number) => probabilities[digit] as number;
  const alone = (digit: number) => untouched[digit] as number;
  return (
    <>
      <ol class="lora-bars" start={0}>
        {DIGITS.map((digit) => (
          <li key={digit} class={digit === best ? 'best' : ''} title={String(share(digit))}>
            <span>{digit}</span>
            <span class="lora-bar" aria-hidden="true">
              <span class="lora-fill" style={{ width: `${100 * share(digit)}%` }} />
              {isAdapted && alone(digit) >= LEAST_MARKED && (
                <span class="lora-mark" style={{ left: `${100 * alone(digit)}%` }} />
              )}
            </span>
            <span class="lora-percent">{percent(share(digit))}</span>
          </li>
        ))}
      </ol>
      {isAdapted && <p class="muted">The bars are with LoRA; the marks are where they end without it.</p>}
    </>
  );
}
