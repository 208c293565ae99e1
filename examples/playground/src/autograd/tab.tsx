/** The tab *Autograd*: programs that can be changed and run, what they print, and the graphs that they show. */
import { useSignal } from '@preact/signals';
import { Button } from '../shell/parts/button.js';
import { Card } from '../shell/parts/card.js';
import { Editor } from './editor.js';
import { GraphFrame } from './graph-frame.js';
import { Output } from './output.js';
import { PROGRAMS } from './programs.js';
import { lines, outcome, pages, run, stop } from './run-state.js';
import './tab.css';

export function Tab() {
  const name = useSignal(PROGRAMS[0]?.name);
  const source = useSignal(PROGRAMS[0]?.source ?? '');
  const isRunning = outcome.value.kind === 'running';
  const start = () => void run(source.value);
  const choose = (chosen: string) => {
    name.value = chosen;
    source.value = PROGRAMS.find(({ name }) => name === chosen)?.source ?? '';
    start();
  };
  const controls = (
    <>
      {isRunning ? (
        <Button onClick={stop} kind="primary">
          Stop
        </Button>
      ) : (
        <Button onClick={start} kind="primary">
          Run
        </Button>
      )}
      <select
        class="examples"
        aria-label="Example program"
        value={name.value}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {PROGRAMS.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </>
  );
  return (
    <div class="stack">
      <div class="columns">
        <Card title="Program" actions={controls}>
          <Editor source={source} markedLine={lineOf()} onRun={start} />
          <p class="muted">
            Everything of lowrank can be imported. <code>show(loss)</code> shows a graph and its backward
            pass; call it before <code>loss.backward()</code>, which lets the graph go. Ctrl+Enter runs.
          </p>
        </Card>
        <Card title="Output">
          <Output lines={lines.value} outcome={outcome.value} />
        </Card>
      </div>
      <GraphFrame pages={pages.value} />
    </div>
  );
}

function lineOf(): number | null {
  return outcome.value.kind === 'failed' ? outcome.value.error.line : null;
}
