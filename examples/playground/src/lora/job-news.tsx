/** How far a job is, with a button that ends it, and what it came to. */
import { Problem } from '../shell/parts/problem.js';
import { Progress } from '../shell/parts/progress.js';
import type { Job } from './job.js';

export function JobNews({ job: { state, trouble, outcome } }: { readonly job: Job }) {
  return (
    <div class="lora-news">
      {state.value !== null && (
        <Progress
          label={state.value.label}
          done={state.value.done}
          detail={state.value.detail}
          onCancel={state.value.cancel}
        />
      )}
      {trouble.value !== null && <Problem title={trouble.value.title} error={trouble.value.error} />}
      <p role="status">{outcome.value}</p>
    </div>
  );
}
