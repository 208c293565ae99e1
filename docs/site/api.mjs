// The API reference: the doc comments of all packages as Markdown, a page for each export.
// @ts-check

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, Context, Converter, ReflectionKind } from 'typedoc';
import { DOCS, PACKAGES, ROOT } from './places.mjs';

/** @type {import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions} */
const OPTIONS = {
  name: 'API',
  entryPoints: PACKAGES.map((name) => join(ROOT, 'packages', name, 'src/index.ts')),
  tsconfig: join(DOCS, 'tsconfig.json'),
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  readme: 'none',
  logLevel: 'Error',
  // The types are checked by `npm test`.
  skipErrorChecking: true,
  excludePrivate: true,
  excludeInternal: true,
  excludeExternals: true,
  excludeReferences: true,
  disableSources: true,
  sort: ['alphabetical'],
  groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases'],
  pageTitleTemplates: {
    index: 'API reference',
    module: ({ name }) => (name === 'lowrank' ? name : `@lowrank/${name}`),
    member: ({ name }) => name,
  },
  indexFormat: 'table',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  enumMembersFormat: 'table',
  tableColumnSettings: { hideSources: true },
};

/**
 * Ops are constants of the type of a function, `export const add: Binary`. Typedoc takes for functions only those that carry the
 * tag `@function`, so each gets it when its comment is read.
 */
function takeOpsForFunctions() {
  const { getComment } = Context.prototype;
  /**
   * @param {import('typescript').Symbol} symbol
   * @param {ReflectionKind} kind
   */
  Context.prototype.getComment = function (symbol, kind) {
    const comment = getComment.call(this, symbol, kind);
    const isCallable = () => this.checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0;
    if (kind === ReflectionKind.Variable && isCallable()) comment?.modifierTags.add('@function');
    return comment;
  };
}

/**
 * Whether a class that this one extends has a page where a member of this name stands, so that it need not stand here too.
 * @param {import('typedoc').Reflection} reflection
 * @param {string} name
 * @returns {boolean}
 */
function standsAbove(reflection, name) {
  const { extendedTypes = [] } = /** @type {import('typedoc').DeclarationReflection} */ (reflection);
  return extendedTypes.some((type) => {
    const above = type.type === 'reference' ? type.reflection : undefined;
    return above !== undefined && (above.getChildByName([name]) !== undefined || standsAbove(above, name));
  });
}

/**
 * Writes the reference and its sidebar.
 * @param {string} folder `docs/generated/api`
 * @throws Error if a doc comment is wrong.
 */
export async function writeApi(folder) {
  takeOpsForFunctions();
  rmSync(folder, { recursive: true, force: true });
  const options = { ...OPTIONS, out: folder, docsRoot: join(DOCS, 'generated') };
  const app = await Application.bootstrapWithPlugins(
    /** @type {Partial<import('typedoc').TypeDocOptions>} */ (options),
  );
  // Entry points are called after their files: `tensor/src`.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const each of project.children ?? []) each.name = each.name.replace(/\/src$/, '');
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const members = project.getReflectionsByKind(ReflectionKind.ClassMember);
    const inherited = members.filter(({ parent, name }) => parent && standsAbove(parent, name));
    for (const each of inherited) project.removeReflection(each);
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('typedoc: the sources could not be read');
  await app.generateOutputs(project);
  writeFileSync(join(folder, 'index.md'), overview());
}

/** The page that the reference begins with. */
function overview() {
  const rows = PACKAGES.map((name) => {
    const { name: fullName, description } = JSON.parse(
      readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8'),
    );
    return `| [${fullName}](${name}/index.md) | ${description} |`;
  });
  return [
    '# API reference',
    '',
    'Made from the doc comments of the sources. `lowrank` exports what all packages export.',
    '',
    '| package | what it holds |',
    '| ------- | ------------- |',
    ...rows,
    '',
  ].join('\n');
}
