/** CodeMirror for programs. Only loaded when the editor is used. */
import CodeMirror from 'codemirror';
import 'codemirror/lib/codemirror.css';
import 'codemirror/mode/javascript/javascript.js';
import 'codemirror/addon/edit/closebrackets.js';
import 'codemirror/addon/edit/matchbrackets.js';
import './code-mirror.css';

export interface CodeEditor {
  /** Replaces the program, unless it is the same. */
  readonly setText: (text: string) => void;
  /** Points at a line, from 1; at none if `null`. */
  readonly markLine: (line: number | null) => void;
}

export interface CodeEditorEvents {
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

/** Turns the text field into an editor, with the cursor where it was. */
export function openEditor(field: HTMLTextAreaElement, { onChange, onRun }: CodeEditorEvents): CodeEditor {
  const { selectionStart } = field;
  const hadFocus = document.activeElement === field;
  const editor = CodeMirror.fromTextArea(field, {
    mode: 'javascript',
    lineNumbers: true,
    lineWrapping: true,
    matchBrackets: true,
    autoCloseBrackets: true,
    viewportMargin: Number.POSITIVE_INFINITY,
    screenReaderLabel: 'Program',
    extraKeys: {
      'Ctrl-Enter': onRun,
      'Cmd-Enter': onRun,
      // Tab leaves the editor, so that the keyboard does not get caught in it.
      Tab: false,
      'Shift-Tab': false,
    },
  });
  editor.setCursor(editor.posFromIndex(selectionStart));
  if (hadFocus) editor.focus();
  editor.on('change', () => onChange(editor.getValue()));
  let marked: unknown = null;
  return {
    setText(text) {
      if (text !== editor.getValue()) editor.setValue(text);
    },
    markLine(line) {
      if (marked !== null) editor.removeLineClass(marked, 'wrap', 'marked-line');
      marked = line === null ? null : editor.addLineClass(line - 1, 'wrap', 'marked-line');
      if (line !== null) editor.scrollIntoView({ line: line - 1, ch: 0 });
    },
  };
}
