/** onnxruntime, in WebAssembly (onnxruntime-web) or native (onnxruntime-node). */
import { uniform } from '../src/numbers.mjs';
import { matmulModel } from '../src/onnx-model.mjs';
import { serve, versionOf } from './serve.mjs';

await serve(async ({ case: { M, K, N }, threads, options }) => {
  const loaded = await import(options.package);
  const { env, InferenceSession, Tensor } = loaded.default ?? loaded;
  const inWasm = options.package === 'onnxruntime-web';
  if (inWasm) env.wasm.numThreads = threads;
  const session = await InferenceSession.create(
    matmulModel({ M, K, N }),
    inWasm ? { executionProviders: ['wasm'] } : { executionProviders: ['cpu'], intraOpNumThreads: threads },
  );
  const inputs = {
    a: new Tensor('float32', uniform(1, M * K), [M, K]),
    b: new Tensor('float32', uniform(2, K * N), [K, N]),
  };
  return {
    about: `${options.package} ${await versionOf(options.package)}`,
    run: async () => (await session.run(inputs)).c.data,
  };
});
