/** js-pytorch, whose tensors are nested arrays. */
import { uniform } from '../src/numbers.mjs';
import { serve, versionOf } from './serve.mjs';

await serve(async ({ case: { M, K, N } }) => {
  const { torch } = await import('js-pytorch');
  const a = torch.tensor(rowsOf(uniform(1, M * K), K));
  const b = torch.tensor(rowsOf(uniform(2, K * N), N));
  return {
    about: `js-pytorch ${await versionOf('js-pytorch')}`,
    run: () => Float32Array.from(torch.matmul(a, b).data.flat()),
  };
});

function rowsOf(values, length) {
  return Array.from({ length: values.length / length }, (_, i) =>
    Array.from(values.subarray(i * length, (i + 1) * length)),
  );
}
