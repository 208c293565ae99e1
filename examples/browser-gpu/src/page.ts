/** The page: its form starts and stops a worker that trains, and shows what the worker tells. */
import { LossChart } from './chart.js';
import type { Choice, News, Step, Task } from './messages.js';

/** @throws if the page has no such element. */
function find<T extends Element>(id: string): T {
  const element = document.querySelector<T>(`#${id}`);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

const controls = find<HTMLFormElement>('controls');
const toggle = find<HTMLButtonElement>('toggle');
const status = find('status');
const log = find('log');
const chart = new LossChart(find('chart'));

const NAMES: Readonly<Record<Choice, string>> = { webgpu: 'WebGPU', webgl2: 'WebGL 2', cpu: 'the CPU' };

/** The worker that trains, while it does. */
let worker: Worker | undefined;

function taskOf(form: FormData): Task {
  return {
    device: form.get('device') as Choice,
    batchSize: Number(form.get('batchSize')),
    steps: Number(form.get('steps')),
  };
}

function start(task: Task): void {
  chart.clear();
  log.textContent = '';
  for (const id of ['adapter', 'step', 'loss', 'speed', 'memory']) find(id).textContent = '–';
  status.textContent = `Starting ${NAMES[task.device]}…`;
  worker = new Worker(new URL('worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<News>) => show(data, task);
  worker.onerror = ({ message }) => end(`The worker failed: ${message}`);
  worker.postMessage(task);
  showState();
}

function end(outcome: string): void {
  worker?.terminate();
  worker = undefined;
  status.textContent = outcome;
  showState();
}

function showState(): void {
  const isTraining = worker !== undefined;
  toggle.textContent = isTraining ? 'Stop' : 'Start';
  for (const field of controls.querySelectorAll('input')) field.disabled = isTraining;
}

function show(news: News, task: Task): void {
  if (news.kind === 'ready') {
    find('adapter').textContent = news.adapter;
    status.textContent = `Training on ${NAMES[task.device]}. The first step takes longest: it compiles the kernels.`;
  } else if (news.kind === 'step') {
    showStep(news.step, task);
  } else if (news.kind === 'done') {
    end(`Done: ${task.steps} steps on ${NAMES[task.device]}.`);
  } else {
    end(`It failed. ${news.message}`);
  }
}

function showStep({ step, loss, stepsPerSecond, gpuBytes }: Step, { device }: Task): void {
  if (step === 1) status.textContent = `Training on ${NAMES[device]}.`;
  find('step').textContent = String(step);
  find('loss').textContent = loss.toFixed(4);
  find('speed').textContent = stepsPerSecond.toPrecision(3);
  find('memory').textContent = gpuBytes === undefined ? 'none' : `${(gpuBytes / 2 ** 20).toFixed(1)} MiB`;
  log.append(`${step} ${loss}\n`);
  chart.add(loss);
}

controls.addEventListener('submit', (event) => {
  event.preventDefault();
  if (worker === undefined) start(taskOf(new FormData(controls)));
  else end('Stopped.');
});
