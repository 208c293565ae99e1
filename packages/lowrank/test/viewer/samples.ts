/** What the tests of the viewer look at. */
import {
  AnomalyError,
  crossEntropy,
  detectAnomaly,
  Linear,
  Module,
  manualSeed,
  named,
  ReLU,
  randn,
  Sequential,
  type Tensor,
  tensor,
  traceCalls,
} from 'lowrank';

/** `x` is used twice: its gradient adds up from two ways. */
export function small(): { output: Tensor; leaves: Readonly<Record<string, Tensor>> } {
  const x = tensor(2, { requiresGrad: true });
  const w = tensor([3, 4, -1], { requiresGrad: true });
  const output = traceCalls(() => named(x, 'x').mul(named(w, 'w')).add(x).square().sum());
  return { output, leaves: { x, w } };
}

/** Three modules side by side, of which one has two inside. */
export function network(): { output: Tensor; leaves: Readonly<Record<string, Tensor>> } {
  manualSeed(1);
  const model = new Sequential(
    new Linear(10, 64),
    new Sequential(new ReLU(), new Linear(64, 8)),
    new Linear(8, 3),
  );
  const x = named(randn([4, 10]), 'x');
  const y = tensor([0, 1, 2, 0], { dtype: 'int32' });
  const output = traceCalls(() => crossEntropy(model.forward(x), y), { modules: model });
  return { output, leaves: Object.fromEntries(model.namedParameters()) };
}

/** What `detectAnomaly` finds in a network whose second part takes the root of 0. */
export function anomaly(): AnomalyError {
  class Root extends Module {
    forward(x: Tensor): Tensor {
      return x.mul(0).sqrt();
    }
  }
  const model = new Sequential(new Linear(2, 2), new Sequential(new ReLU(), new Root()));
  const x = tensor([[1, 2]]);
  try {
    traceCalls(() => detectAnomaly(() => model.forward(x).sum().backward()), { modules: model });
  } catch (error) {
    if (error instanceof AnomalyError) return error;
  }
  throw new Error('nothing was found');
}

/** Names and values that try to be markup. */
export const HOSTILE = `</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'"&\u2028`;
