/** A button. */
import type { ComponentChildren } from 'preact';

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  /** `primary` is for the one thing that a part of the page is for. Default `plain`. */
  readonly kind?: 'primary' | 'plain' | 'quiet';
  readonly disabled?: boolean;
  /** For buttons whose text does not say it all. */
  readonly label?: string;
  /** For switches: whether it is on. */
  readonly pressed?: boolean;
}

export function Button({ children, onClick, kind = 'plain', disabled = false, label, pressed }: ButtonProps) {
  return (
    <button
      type="button"
      class={kind}
      onClick={onClick}
      disabled={disabled}
      aria-label={label}
      aria-pressed={pressed}
    >
      {children}
    </button>
  );
}
