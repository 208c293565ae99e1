/** The tab *LoRA on your hand*: a network reads the digits that one draws, and an adapter learns one's hand. */
import { useEffect } from 'preact/hooks';
import { Button } from '../shell/parts/button.js';
import { AdapterCard } from './adapter-card.js';
import { DrawingCard } from './drawing-card.js';
import { FineTuneCard } from './fine-tune-card.js';
import { JobNews } from './job-news.js';
import './lora.css';
import { ReadingCard } from './reading-card.js';
import { SamplesCard } from './samples-card.js';
import { network, opening, openNetwork } from './studio.js';

export function Tab() {
  useEffect(() => {
    void openNetwork();
  }, []);
  return (
    <div class="stack">
      <div class="lora-lead">
        <p>
          A small network learned to read digits from MNIST. Draw some, keep those that it misreads, and
          fine-tune a low-rank adapter on them, here in the page.
        </p>
        <JobNews job={opening} />
        {network.value === null && opening.state.value === null && (
          <Button onClick={() => void openNetwork()}>Load the network</Button>
        )}
      </div>
      <div class="lora-columns">
        <DrawingCard />
        <ReadingCard />
        <SamplesCard />
        <FineTuneCard />
        <AdapterCard />
      </div>
    </div>
  );
}
