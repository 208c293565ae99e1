/** `lowrank mnist`: the main job as a command. */
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readMnistFiles, startProgressBar } from '@lowrank/models';
import { cpuInfo, serializeSafetensors } from '@lowrank/tensor';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { renderReport } from '../report/render.js';
import type { RunSummary } from '../summary.js';
import { type MnistRun, runMnist } from './experiment.js';
import { describeKernels } from './kernels.js';
import { AVAILABLE, checkMnistOptions, DEFAULTS, IMAGES, imageCounts, type MnistOptions } from './options.js';
import { prepareFile, writeFolder, writeWhole } from './run-folder.js';
import type { Narrator } from './stages.js';
import { comparisonTable, factTable, parameterTable, testLine } from './tables.js';

interface Flags extends Omit<MnistOptions, 'digit' | 'trainImages' | 'testImages'> {
  readonly digit?: number;
  readonly trainImages?: number;
  readonly testImages?: number;
  readonly out: string;
  readonly json?: string;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It is a number.');
  return value;
}

/**
 * The command.
 * @param signal Stops a run that is under way; nothing is written then.
 */
export function mnistCommand(signal: AbortSignal): Command {
  return new Command('mnist')
    .description('Train a CNN on MNIST, adapt it with LoRA, and write a report.')
    .option('--seed <n>', 'seeds everything random', number, DEFAULTS.seed)
    .option('--epochs <n>', 'epochs of the base training and of each fine-tune', number, DEFAULTS.epochs)
    .option('--digit <d>', 'the digit to specialise on (default: the one most often missed)', number)
    .option('--rank <r>', 'the rank of the LoRA updates', number, DEFAULTS.rank)
    .option('--alpha <a>', 'the updates are scaled by alpha / rank', number, DEFAULTS.alpha)
    .option(
      '--train-images <n>',
      `how many of the ${AVAILABLE.train} training images are used (default: all)`,
      number,
    )
    .option(
      '--test-images <n>',
      `how many of the ${AVAILABLE.test} test images are used (default: all)`,
      number,
    )
    .option(
      '--quick',
      `use ${IMAGES.quick.train} and ${IMAGES.quick.test} images, to end within half a minute`,
      false,
    )
    .option('--out <dir>', 'where the folder of this run is made', 'runs')
    .option('--json <file>', 'also write the summary here')
    .action(async (flags: Flags) => {
      const { digit = null, trainImages = null, testImages = null, out, json, ...rest } = flags;
      await run({ ...rest, digit, trainImages, testImages }, out, json, signal);
    });
}

async function run(
  options: MnistOptions,
  out: string,
  json: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  checkMnistOptions(options);
  if (json !== undefined) await prepareFile(json);
  const startedAt = new Date();
  const folder = join(out, folderName(startedAt));
  const summary = await writeFolder(folder, async () => {
    announce(options);
    const {
      summary: result,
      model,
      adapter,
      specialisedAdapter,
    } = await perform(options, folder, startedAt, signal);
    const files = {
      'model.safetensors': model,
      'adapter.safetensors': adapter,
      [`adapter-digit-${result.specialised.digit}.safetensors`]: specialisedAdapter,
      'summary.json': toJson(result),
      'report.html': await renderReport(result),
    };
    // The last stages hold the thread: only now is a Ctrl-C heard that came meanwhile.
    await setImmediate();
    signal.throwIfAborted();
    return { files, result };
  });
  if (json !== undefined) await writeWhole(json, toJson(summary));
  conclude(summary, folder, json);
}

/** Runs the job and serialises what it made. */
async function perform(options: MnistOptions, folder: string, startedAt: Date, signal: AbortSignal) {
  const since = performance.now();
  const seconds = () => (performance.now() - since) / 1000;
  const files = await readMnistFiles();
  const load = seconds();
  const done = await runMnist(files, options, folder, terminal, signal);
  const weights = weightFiles(done);
  const summary: RunSummary = {
    startedAt: startedAt.toISOString(),
    environment: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      kernels: describeKernels(cpuInfo()),
    },
    ...done.summary,
    files: {
      model: weights.model.length,
      adapter: weights.adapter.length,
      specialisedAdapter: weights.specialisedAdapter.length,
    },
    seconds: { load, ...done.summary.seconds, total: seconds() },
  };
  return { summary, ...weights };
}

function toJson(summary: RunSummary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/** `2026-11-22T10-20-30-456`: sorts by time, and is a file name everywhere. */
function folderName(time: Date): string {
  return time.toISOString().slice(0, -1).replaceAll(':', '-').replace('.', '-');
}

function weightFiles({ model, adapter, specialisedAdapter }: MnistRun) {
  return {
    model: serializeSafetensors(model),
    adapter: serializeSafetensors(adapter),
    specialisedAdapter: serializeSafetensors(specialisedAdapter),
  };
}

const terminal: Narrator = {
  chapter: (title) => console.log(`\n${pc.bold(pc.cyan(title))}`),
  loop: (label, total) => startProgressBar(label.padEnd(8), total),
  tested: (name, evaluation) => console.log(testLine(name, evaluation)),
  adapted: (parameters, frozen) => {
    console.log(parameterTable(parameters));
    console.log(`Frozen: ${frozen.join(', ')}`);
  },
};

function announce(options: MnistOptions): void {
  const { train, test } = imageCounts(options);
  console.log(pc.bold('lowrank: a network learns to read digits, and LoRA adapts it'));
  console.log(`Kernels: ${describeKernels(cpuInfo())}.`);
  if (train < AVAILABLE.train || test < AVAILABLE.test) {
    console.log(
      `Using ${train} of the ${AVAILABLE.train} training images and ${test} of the ${AVAILABLE.test} test images of MNIST.`,
    );
  }
}

function conclude(summary: RunSummary, folder: string, json: string | undefined): void {
  console.log(`\n${pc.bold(pc.cyan('Side by side'))}`);
  console.log(`Wrong answers on ${summary.data.test.used} test images:`);
  console.log(comparisonTable(summary));
  console.log(factTable(summary));
  console.log(
    `\nWritten in ${summary.seconds.total.toFixed(0)} s: ${pc.bold(join(folder, 'report.html'))}, with the model, the adapters and summary.json.`,
  );
  if (json !== undefined) console.log(`The summary is also in ${json}.`);
}
