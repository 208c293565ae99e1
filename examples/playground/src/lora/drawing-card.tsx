/** Where digits are drawn, and kept under what they are meant to be. */
import { Button } from '../shell/parts/button.js';
import { Card } from '../shell/parts/card.js';
import { DigitImage } from './digit-image.js';
import { imageAt } from './digits.js';
import { clearPad, image, showExample } from './drawing.js';
import { DrawingPad, PAD_ID } from './drawing-pad.js';
import { hand, keepSample } from './hands.js';
import { DIGITS, likeliest, padReading } from './readings.js';
import { network } from './studio.js';
import './drawing-card.css';

export function DrawingCard() {
  const isEmpty = image.value === null;
  const reading = padReading.value;
  const keep = (digit: number) => {
    if (image.value === null) return;
    keepSample(image.value, digit);
    startAnew();
  };
  return (
    <Card title="Draw a digit">
      <div class="lora-drawing">
        <DrawingPad />
        <div class="lora-beside">
          <DigitImage pixels={image.value} label="What the network sees" />
          <p class="lora-short">
            {reading === null ? (
              'Reads …'
            ) : (
              <>
                Reads <strong>{likeliest(reading.probabilities)}</strong>
              </>
            )}
          </p>
          <Button onClick={startAnew} disabled={isEmpty}>
            Clear
          </Button>
          <Button onClick={showAnyExample} disabled={network.value === null}>
            Show one of MNIST
          </Button>
        </div>
      </div>
      <p class="muted" id="lora-pad-keys">
        The small picture is what the network sees: 28 x 28 pixels, scaled and centred as LeCun, Cortes and
        Burges did it for MNIST. With keys: arrows move the pen, Space puts it down and lifts it, Delete
        clears.
      </p>
      <fieldset class="lora-keep">
        <legend>Keep it for {hand.value.name} as</legend>
        <div class="lora-keys">
          {DIGITS.map((digit) => (
            <Button key={digit} onClick={() => keep(digit)} disabled={isEmpty} label={`Keep as ${digit}`}>
              {digit}
            </Button>
          ))}
        </div>
      </fieldset>
    </Card>
  );
}

/** Clears the pad and goes there: the button that was pressed is good for nothing now. */
function startAnew(): void {
  clearPad();
  document.getElementById(PAD_ID)?.focus({ preventScroll: true });
}

function showAnyExample(): void {
  const { replayed } = network.value ?? {};
  if (replayed !== undefined)
    showExample(imageAt(replayed, Math.floor(Math.random() * replayed.labels.length)));
}
