/** How large network and adapters are, what they read, and the adapters' files. */
import { Button } from '../shell/parts/button.js';
import { Card } from '../shell/parts/card.js';
import { download, filesToDownload, readAdapterFiles } from './adapter-files.js';
import { BASE_MODEL } from './base-model.js';
import type { Facts } from './engine.js';
import { HANDS, type Hand, hand } from './hands.js';
import { JobNews } from './job-news.js';
import { isReady, loadAdapter, loading, network } from './studio.js';

export function AdapterCard() {
  const { name, adapter } = hand.value;
  const files = adapter.value === null ? [] : filesToDownload(adapter.value.facts.files);
  return (
    <Card title="Network and adapters">
      <Sizes />
      <h3>The adapter of {name}</h3>
      {adapter.value !== null && <Origin hand={hand.value} />}
      <div class="lora-files">
        {files.map(({ name: file, content }) => (
          <Button key={file} onClick={() => download(file, content)}>
            <span aria-hidden="true">↓</span> <span class="visually-hidden">Download</span> {file}{' '}
            <span class="muted">{bytes(content.size)}</span>
          </Button>
        ))}
        <Upload hand={hand.value} />
      </div>
      <JobNews job={loading} />
      <p class="muted">
        These are the files of Hugging Face PEFT; an adapter is both of them. Whoever loads them here has a
        network that reads your hand. Nothing leaves this machine unless you send it.
      </p>
    </Card>
  );
}

/** A row for the network and each adapter. */
function Sizes() {
  const base = network.value?.facts;
  if (base === undefined) return null;
  return (
    <table class="lora-sizes">
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">Numbers</th>
          <th scope="col">as float32</th>
          <th scope="col">MNIST read right</th>
        </tr>
      </thead>
      <tbody>
        <Size title="Network" facts={base} />
        {HANDS.map(({ id, name, adapter }) =>
          adapter.value === null ? null : (
            <Size
              key={id}
              title={`LoRA of ${name.value}`}
              facts={adapter.value.facts}
              share={adapter.value.facts.parameters / base.parameters}
            />
          ),
        )}
      </tbody>
    </table>
  );
}

interface SizeProps {
  readonly title: string;
  readonly facts: Facts;
  /** Of the network's numbers. */
  readonly share?: number;
}

function Size({ title, facts: { parameters, score }, share }: SizeProps) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td>
        {parameters.toLocaleString('en')}
        {share !== undefined && <span class="lora-share muted">{(100 * share).toFixed(1)} %</span>}
      </td>
      <td>{bytes(4 * parameters)}</td>
      <td>
        {score.right}
        <span class="muted">/{score.total}</span>
      </td>
    </tr>
  );
}

function Origin({ hand: { adapter } }: { readonly hand: Hand }) {
  const { madeFor = '', facts } = adapter.value ?? {};
  return (
    <p>
      Rank {facts?.rank}, on {facts?.layers.join(', ')}.
      {madeFor !== BASE_MODEL &&
        ` Its config says that it was made for “${madeFor || 'nothing in particular'}”.`}
    </p>
  );
}

function Upload({ hand }: { readonly hand: Hand }) {
  const onChange = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const files = [...(currentTarget.files ?? [])];
    // So that the same files can be chosen again.
    currentTarget.value = '';
    if (files.length > 0) void loadAdapter(hand, () => readAdapterFiles(files));
  };
  return (
    <label class="file-button">
      <span aria-hidden="true">↑</span> Load an adapter (both files)
      <input
        type="file"
        class="visually-hidden"
        multiple
        accept=".json,.safetensors"
        disabled={!isReady.value}
        onChange={onChange}
      />
    </label>
  );
}

const bytes = (count: number) => `${(count / 1000).toFixed(1)}\u00a0kB`;
