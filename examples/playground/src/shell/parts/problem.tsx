/** What went wrong, as text: nothing in it is taken for markup. */
export interface ProblemProps {
  readonly title: string;
  /** An error, or whatever was thrown. */
  readonly error: unknown;
}

export function Problem({ title, error }: ProblemProps) {
  return (
    <div class="problem" role="alert">
      <strong>{title}</strong>
      <pre>{describe(error)}</pre>
    </div>
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
