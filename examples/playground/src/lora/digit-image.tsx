/** The picture of a digit as the network sees it: white ink on black, as in MNIST. */
import { useEffect, useRef } from 'preact/hooks';
import { SIDE } from './mnist-image.js';

export interface DigitImageProps {
  /** Grey values from 0 to 1, [28, 28]; `null` for nothing but paper. */
  readonly pixels: Float32Array | null;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

export function DigitImage({ pixels, label }: DigitImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const picture = new ImageData(SIDE, SIDE);
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const grey = Math.round(255 * (pixels?.[pixel] ?? 0));
      picture.data.set([grey, grey, grey, 255], 4 * pixel);
    }
    canvas.current?.getContext('2d')?.putImageData(picture, 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} class="lora-image" width={SIDE} height={SIDE} role="img" aria-label={label} />;
}
