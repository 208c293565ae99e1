/** How far a piece of work is, with a button that ends it unless there is one already. */
import { Button } from './button.js';

export interface ProgressProps {
  /** What is being done: `Fine-tuning`. */
  readonly label: string;
  /** From 0 to 1; `null` where nobody knows. */
  readonly done: number | null;
  /** Numbers that change as it goes, beside the bar: `step 12 of 60, loss 0.31`. */
  readonly detail?: string;
  readonly onCancel?: () => void;
}

export function Progress({ label, done, detail, onCancel }: ProgressProps) {
  return (
    <div class="progress">
      <progress aria-label={label} max={1} value={done ?? undefined} />
      <span class="progress-text">
        {label}
        {detail !== undefined && <span class="muted"> {detail}</span>}
      </span>
      {onCancel !== undefined && (
        <Button onClick={onCancel} label={`Cancel: ${label}`}>
          Cancel
        </Button>
      )}
    </div>
  );
}
