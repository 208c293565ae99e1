/** A titled part of a page. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export interface CardProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What stands beside the title, such as buttons. */
  readonly actions?: ComponentChildren;
}

export function Card({ title, children, actions }: CardProps) {
  const id = useId();
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {actions !== undefined && <div class="actions">{actions}</div>}
      </div>
      {children}
    </section>
  );
}
