/** Types of what this tab imports and what comes without them. */

declare module 'codemirror' {
  interface Position {
    readonly line: number;
    readonly ch: number;
  }

  interface Editor {
    getValue(): string;
    setValue(text: string): void;
    setCursor(position: Position): void;
    posFromIndex(index: number): Position;
    focus(): void;
    on(event: 'change', listener: () => void): void;
    addLineClass(line: number, where: 'wrap', name: string): object;
    removeLineClass(line: unknown, where: 'wrap', name: string): void;
    scrollIntoView(position: Position): void;
  }

  const CodeMirror: {
    fromTextArea(field: HTMLTextAreaElement, options: Readonly<Record<string, unknown>>): Editor;
  };
  // biome-ignore lint/style/noDefaultExport: it is CodeMirror that decides
  export default CodeMirror;
}

/** Where the script is that `vite.config.mjs` finds in lowrank's dependencies. */
declare module 'graphviz-script?url' {
  const address: string;
  // biome-ignore lint/style/noDefaultExport: it is Vite that decides
  export default address;
}
