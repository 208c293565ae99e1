/** The programs that the editor offers: each file of `programs/`, under the title that its first line gives. */

export interface ExampleProgram {
  /** The name of its file: `01-chain-rule`. */
  readonly name: string;
  readonly title: string;
  readonly source: string;
}

const sources = import.meta.glob<string>('./programs/*.js', {
  query: '?raw',
  import: 'default',
  eager: true,
});

export const PROGRAMS: readonly ExampleProgram[] = Object.entries(sources)
  .map(([path, source]) => ({
    name: /([^/]+)\.js$/.exec(path)?.[1] ?? path,
    title: titleOf(source),
    source: source.trimEnd(),
  }))
  .sort((a, b) => a.name.localeCompare(b.name));

function titleOf(source: string): string {
  return /^\/\/ (.*)/.exec(source)?.[1] ?? 'A program';
}
