/** What this browser has to compute with, and why something is missing. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Card } from '../shell/parts/card.js';
import { Problem } from '../shell/parts/problem.js';
import { type Offer, offersOf } from './offers.js';
import { startContestant } from './race.js';

export function MachineCard() {
  const offers = useSignal<readonly Offer[] | null>(null);
  const failure = useSignal<unknown>(null);
  useEffect(() => {
    const worker = startContestant();
    worker
      .run('describe', undefined)
      .result.then(
        ({ cpu, gpu }) => {
          offers.value = offersOf(cpu, gpu, crossOriginIsolated);
        },
        (error: unknown) => {
          failure.value = error;
        },
      )
      .finally(() => worker.end());
    return () => worker.end();
  }, []);
  return (
    <Card title="This browser">
      {failure.value !== null && <Problem title="The browser could not be asked" error={failure.value} />}
      {offers.value === null ? (
        failure.value === null && <p class="muted">Looking…</p>
      ) : (
        <dl class="speed-offers">
          {offers.value.map(({ name, isThere, detail }) => (
            <div key={name} data-there={isThere}>
              <dt>{name}</dt>
              <dd>
                <span class="sign" aria-hidden="true">
                  {isThere ? '✓' : '✗'}
                </span>
                <span>
                  {isThere ? 'yes' : 'no'}: {detail}
                </span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
