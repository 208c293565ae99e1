/** The editor of the program: a plain text field, which becomes CodeMirror when it is first used. */
import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { CodeEditor } from './code-mirror.js';

export interface EditorProps {
  readonly source: Signal<string>;
  /** A line of the program to point at, from 1. */
  readonly markedLine: number | null;
  /** Called by Ctrl+Enter. */
  readonly onRun: () => void;
}

export function Editor({ source, markedLine, onRun }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<CodeEditor | null>(null);
  const isLoading = useRef(false);
  const line = useRef(markedLine);

  const load = async () => {
    if (isLoading.current || field.current === null) return;
    isLoading.current = true;
    const { openEditor } = await import('./code-mirror.js');
    editor.current = openEditor(field.current, {
      onChange: (text) => {
        source.value = text;
      },
      onRun,
    });
    editor.current.markLine(line.current);
  };
  useEffect(() => {
    editor.current?.setText(source.value);
  }, [source.value]);
  useEffect(() => {
    line.current = markedLine;
    editor.current?.markLine(markedLine);
    if (markedLine !== null) void load();
  }, [markedLine]);

  return (
    <div class="editor">
      <textarea
        ref={field}
        aria-label="Program"
        spellcheck={false}
        autocapitalize="off"
        rows={18}
        value={source.value}
        onFocus={load}
        onPointerEnter={load}
        onInput={(event) => {
          source.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onRun();
        }}
      />
    </div>
  );
}
