/** What runs in the page: PyTorch's samples and a training run on the device `gpu`. */
import * as lowrank from 'lowrank';
import { type Entry, type Result, results } from '../../../../tools/pytorch-fixtures/replay.mjs';

const { DeviceError, DTypeError, useGpu } = lowrank;

/**
 * How far a value may be off, absolutely and relatively: shaders' exponentials and logarithms have 4 to 5 digits, and sums are
 * made in another order.
 */
const TOLERANCE = { absolute: 1e-4, relative: 1e-3 };

/** Samples that float32 cannot do justice to, by op and what the sample is about. */
const BEYOND_FLOAT32: Readonly<Record<string, string>> = {
  'pow: int32 that wraps around': 'integers are exact up to 2^24',
  'prod: int32 that wraps around': 'integers are exact up to 2^24',
  'cast: float32 to bool': 'numbers below 2^-126 are 0',
  'to: float32 to bool': 'numbers below 2^-126 are 0',
  'sin: large values': 'reduced by 2 pi in float32',
  'cos: large values': 'reduced by 2 pi in float32',
  'tan: large values': 'reduced by 2 pi in float32',
};

export interface Judgement {
  readonly comparisons: number;
  readonly complaints: readonly string[];
  /** What the GPU refused to compute, and with which error. */
  readonly refusals: readonly string[];
}

/** Replays every so many-th sample of each op on the GPU, forward and backward, and compares with what PyTorch has. */
export async function judge(technology: lowrank.GpuTechnology, every: number): Promise<Judgement> {
  const entries = (await (await fetch('/ops.json')).json()) as Entry[];
  const bytes = await (await fetch('/ops.safetensors')).arrayBuffer();
  const { tensors } = lowrank.parseSafetensors(new Uint8Array(bytes));
  await useGpu({ technology });
  lowrank.setDefaultDevice('gpu');
  const [complaints, refusals]: string[][] = [[], []];
  let comparisons = 0;
  for (const entry of everyOf(entries, every)) {
    const about = `${entry.op}: ${entry.about}`;
    if (about in BEYOND_FLOAT32) continue;
    try {
      const found = results(lowrank, entry, tensors);
      comparisons += found.length;
      for (const [i, values] of (await Promise.all(found.map(({ actual }) => actual.data()))).entries()) {
        const complaint = complaintAbout(found[i]!, values);
        if (complaint !== undefined) complaints!.push(`${about}: ${complaint}`);
      }
    } catch (error) {
      const isRefusal = error instanceof DTypeError || /has no kernel for the GPU/.test(String(error));
      (isRefusal ? refusals : complaints)!.push(`${about}: ${error}`);
    }
  }
  return { comparisons, complaints: complaints!, refusals: refusals! };
}

function everyOf(entries: readonly Entry[], every: number): Entry[] {
  const seen = new Map<string, number>();
  return entries.filter(({ op }) => {
    const number = seen.get(op) ?? 0;
    seen.set(op, number + 1);
    return number % every === 0;
  });
}

function complaintAbout({ what, actual, expected, tolerance }: Result, values: ArrayLike<number>) {
  if (String(actual.shape) !== String(expected.shape)) return `${what} has shape [${actual.shape}]`;
  if (actual.dtype !== expected.dtype) return `${what} is ${actual.dtype}`;
  const truth: ArrayLike<number> = expected.dataSync();
  const bounds = typeof tolerance === 'object' ? tolerance.dataSync() : undefined;
  for (let i = 0; i < truth.length; i++) {
    const [ours, theirs] = [values[i]!, truth[i]!];
    const bound = Math.max(
      bounds?.[i] ?? tolerance ?? 0,
      TOLERANCE.absolute + TOLERANCE.relative * Math.abs(theirs),
    );
    const isRight = ours === theirs || Object.is(ours, theirs) || Math.abs(ours - theirs) <= bound;
    if (!isRight) return `${what}[${i}] is ${ours}, PyTorch has ${theirs}`;
  }
  return undefined;
}

/** The losses of 20 steps of LoRA on the GPU, and on the CPU. */
export async function trainLora(technology: lowrank.GpuTechnology) {
  await useGpu({ technology });
  return [await lossesOfLora('gpu'), await lossesOfLora('cpu')] as const;
}

/** LoRA of rank 2 adapts a network of two linear layers. */
async function lossesOfLora(device: lowrank.Device): Promise<number[]> {
  const { Adam, addAdapter, crossEntropy, Linear, manualSeed, randint, randn, ReLU, Sequential } = lowrank;
  manualSeed(5);
  const model = new Sequential(new Linear(12, 16), new ReLU(), new Linear(16, 4));
  addAdapter(model, { r: 2, targetModules: ['0', '2'] });
  const [x, labels] = [randn([10, 12]).to(device), randint([10], 0, 4).to(device)];
  model.to(device);
  const optimizer = new Adam(
    model.parameters().filter((parameter) => parameter.requiresGrad),
    { lr: 0.05 },
  );
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(x), labels);
    loss.backward();
    optimizer.step();
    losses.push((await loss.data())[0]!);
  }
  return losses;
}

/** What a lost device does to a read that waits, to the CPU, and to a GPU that is taken into use again. */
export async function loseDevice(technology: lowrank.GpuTechnology, lose: () => void) {
  const { ones } = lowrank;
  await useGpu({ technology });
  const x = ones([3], { device: 'gpu' }).add(1);
  const pending = x.data().then(String, (error: unknown) => error);
  lose();
  const failure = await pending;
  const onCpu = ones([3], { device: 'cpu' }).add(1).tolist();
  await useGpu({ technology });
  const again = Array.from(await ones([3], { device: 'gpu' }).add(1).data());
  return { isDeviceError: failure instanceof DeviceError, message: String(failure), onCpu, again };
}

/** What `useGpu()` finds, or says. */
export async function find(): Promise<string> {
  return useGpu().then(({ technology }) => technology, String);
}

Object.assign(globalThis, { suite: { judge, trainLora, loseDevice, find } });
