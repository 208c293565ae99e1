/** What a progress bar draws. */
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { startProgressBar } from '../src/index.js';

/** Everything that is drawn on a stream that is no terminal. */
async function drawn(draw: (stream: NodeJS.WritableStream) => Promise<void>): Promise<string> {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  await draw(stream);
  return chunks.join('');
}

describe('startProgressBar', () => {
  it('shows label, count and note', async () => {
    const text = await drawn(async (stream) => {
      const bar = await startProgressBar('training', 3, { stream });
      bar.update(2, 'loss 0.5');
      bar.update(3, 'loss 0.4');
      bar.stop();
    });
    expect(text).toContain('training');
    expect(text).toContain('3/3');
    expect(text).toContain('loss 0.4');
  });

  it('refuses what are no options', async () => {
    await expect(startProgressBar('training', 3, null as never)).rejects.toThrow(
      'startProgressBar: takes its options as an object, { name: value }, got null',
    );
  });
});
