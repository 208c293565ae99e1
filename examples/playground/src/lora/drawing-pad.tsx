/** The pad: draws with a mouse, a finger or a stylus, and with the arrow keys. */
import { useSignal } from '@preact/signals';
import { DigitImage } from './digit-image.js';
import { beginStroke, clearPad, example, extendStroke, strokes } from './drawing.js';
import { PAD, type Point, type Stroke } from './mnist-image.js';

/** How far a key moves the pen, in units of the pad. */
const KEY_STEP = 4;

export const PAD_ID = 'lora-pad';

export function DrawingPad() {
  /** Where the arrow keys have brought the pen. */
  const pen = useSignal<Point>({ x: PAD / 2, y: PAD / 4 });
  const isHeldDown = useSignal(false);
  // Clearing the pad lifts the pen.
  const isDown = isHeldDown.value && strokes.value.length > 0;

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const pad = event.currentTarget as SVGSVGElement;
    pad.setPointerCapture(event.pointerId);
    isHeldDown.value = false;
    beginStroke(placeOf(event, pad));
  };
  const onPointerMove = (event: PointerEvent) => {
    const pad = event.currentTarget as SVGSVGElement;
    if (!pad.hasPointerCapture(event.pointerId)) return;
    // What the pointer did since the last frame; some browsers keep no record of it.
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length > 0 ? moves : [event]) extendStroke(placeOf(move, pad));
  };

  const movePen = (x: number, y: number) => () => {
    pen.value = { x: withinPad(pen.value.x + x), y: withinPad(pen.value.y + y) };
    if (isDown) extendStroke(pen.value);
  };
  const togglePen = () => {
    isHeldDown.value = !isDown;
    if (isHeldDown.value) beginStroke(pen.value);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: movePen(-KEY_STEP, 0),
    ArrowRight: movePen(KEY_STEP, 0),
    ArrowUp: movePen(0, -KEY_STEP),
    ArrowDown: movePen(0, KEY_STEP),
    ' ': togglePen,
    Delete: clearPad,
    Backspace: clearPad,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  return (
    <div class="lora-pad">
      <svg
        id={PAD_ID}
        viewBox={`0 0 ${PAD} ${PAD}`}
        tabindex={0}
        role="application"
        aria-label="Drawing pad"
        aria-describedby="lora-pad-keys"
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onKeyDown={onKeyDown}
      >
        {strokes.value.map((stroke, i) => (
          <path key={i} d={pathOf(stroke)} />
        ))}
        <circle class={isDown ? 'pen down' : 'pen'} cx={pen.value.x} cy={pen.value.y} r={isDown ? 2 : 3} />
      </svg>
      {example.value !== null && <DigitImage pixels={example.value} label="A digit of MNIST" />}
    </div>
  );
}

function placeOf({ clientX, clientY }: PointerEvent, pad: Element): Point {
  const { left, top, width, height } = pad.getBoundingClientRect();
  return { x: withinPad(((clientX - left) / width) * PAD), y: withinPad(((clientY - top) / height) * PAD) };
}

const withinPad = (coordinate: number) => Math.min(PAD, Math.max(0, coordinate));

/** A stroke of one point is a line of no length, which round ends make a dot. */
function pathOf(stroke: Stroke): string {
  const [first, ...rest] = stroke.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return `M${first} L${rest.length === 0 ? first : rest.join(' ')}`;
}
