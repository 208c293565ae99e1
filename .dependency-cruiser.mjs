// Which file may import which: the arrow of imports points one way through the packages, and never in a circle.

const order = ['tensor', 'autograd', 'nn', 'lora', 'models', 'lowrank'];

const arrow = order.slice(0, -1).map((name, i) => ({
  name: `${name}-knows-only-those-before-it`,
  comment: `packages/${name} may import ${order.slice(0, i).join(', ') || 'no other package'}.`,
  severity: 'error',
  from: { path: `^packages/${name}/` },
  to: { path: `^packages/(${order.slice(i + 1).join('|')})/` },
}));

export default {
  forbidden: [
    ...arrow,
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one file, or lack a third. (Types alone may refer to each other.)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'front-door-only',
      comment:
        "A package's public face is its index.ts; nobody reaches around it. (But all tests on the GPU open it in one way.)",
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/[^/]+/',
        pathNot: [
          '^packages/$1/',
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/tensor/test/gpu/adapter\\.ts$',
        ],
      },
    },
    {
      name: 'outside-by-the-front-door',
      comment: 'Benches and examples use the packages as anyone does.',
      severity: 'error',
      from: { path: '^(benches|examples)/' },
      to: { path: '^packages/', pathNot: '^packages/[^/]+/src/index\\.ts$' },
    },
    {
      name: 'packages-know-no-benches',
      comment: 'What is shipped must not need what is not.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(benches|examples)/' },
    },
    {
      name: 'sources-know-no-tests',
      comment: 'What is shipped must not need what is not.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|benches)/src/' },
      to: { path: '^(packages/[^/]+|benches)/test/' },
    },
    {
      name: 'kernels-stand-alone',
      comment: 'A kernel works on flat arrays: it knows dtypes and shapes, and nothing else of the package.',
      severity: 'error',
      from: { path: '^packages/tensor/src/kernels/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/tensor/src/kernels/', '^packages/tensor/src/(dtype|errors|shape)\\.ts$'],
      },
    },
    {
      name: 'declared-dependencies',
      comment: 'A package imports only what its own package.json lists (tests: or the root one).',
      severity: 'error',
      from: { path: '^(packages/[^/]+|benches)/src/' },
      // esbuild is listed twice: by the root for the build, and by the benches, which weigh bundles.
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer'],
      },
    },
  ],
  options: {
    includeOnly: '^(packages/[^/]+|benches(/peers)?)/(src|test|bin|workers)/|^examples/|node_modules',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
