/** Running the programs of documents, and checking their types. */
import { join } from 'node:path';
import { format } from 'node:util';
import ts from 'typescript';
import type { Program } from '../site/markdown.mjs';
import { ROOT } from '../site/places.mjs';

const AsyncFunction = (async () => undefined).constructor as new (
  ...source: string[]
) => (...parameters: unknown[]) => Promise<void>;

/** Runs a program; what it printed, line by line. */
export async function run({ code }: Pick<Program, 'code'>): Promise<string[]> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(code, { compilerOptions });
  const modules = new Map<string, unknown>();
  for (const [, name] of outputText.matchAll(/require\("([^"]+)"\)/g)) modules.set(name, await import(name));
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => void printed.push(...format(...values).split('\n')) };
  await new AsyncFunction('require', 'exports', 'console', outputText)(
    (name: string) => modules.get(name),
    {},
    console,
  );
  return printed;
}

/** What the compiler has to say of the programs, `document:line: message`. */
export function typeErrors(programs: readonly Program[]): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.test.json'), ts.sys.readFile).config;
  const parsed = ts.parseJsonConfigFileContent(
    { ...config, include: [], files: [], references: [] },
    ts.sys,
    ROOT,
  );
  const options = { ...parsed.options, incremental: false, tsBuildInfoFile: undefined };
  // In a folder of the workspace, where the compiler finds what the snippets import.
  const fileOf = ({ document, line }: Program) =>
    join(ROOT, 'docs/test', `${document.replaceAll('/', '-')}-${line}.ts`);
  const sources = new Map(programs.map((program) => [fileOf(program), program]));
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => ROOT;
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name)?.code ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const code = sources.get(name)?.code;
    return code === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, code, version);
  };
  const compiled = ts.createProgram([...sources.keys()], options, host);
  return [...sources].flatMap(([name, { document }]) => {
    const file = compiled.getSourceFile(name);
    return [...compiled.getSyntacticDiagnostics(file), ...compiled.getSemanticDiagnostics(file)].map(
      ({ start = 0, messageText }) => {
        const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
        return `${document}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      },
    );
  });
}
