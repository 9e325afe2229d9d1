// Each folder and the folders it may import; everything else fails. docs/architecture.md explains the direction.
const allowed = {
  'src/common': [],
  grammar: ['src/common'],
  storage: ['src/common'],
  planner: ['src/common', 'grammar'],
  exec: ['src/common', 'planner', 'storage/read'],
  ingest: ['src/common', 'grammar', 'storage'],
};
const at = (folder) => `^${folder}/`;
const tests = '(\\.(test|bench)\\.ts$|/testing/)';
const layers = Object.entries(allowed).map(([folder, may]) => ({
  name: `layer-${folder.replace('/', '-')}`,
  severity: 'error',
  from: { path: at(folder), pathNot: tests },
  to: { path: '^(src|grammar|planner|exec|storage|ingest)/', pathNot: [folder, ...may].map(at) },
}));
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          '\\.(d|test|bench)\\.ts$',
          '/testing/',
          '^test/support/fast-check-seed\\.ts$',
          '\\.config\\.(ts|js)$',
        ],
      },
      to: {},
    },
    {
      name: 'no-test-imports',
      severity: 'error',
      from: { pathNot: ['^(test|bench)/', tests] },
      to: { path: ['^(test|bench)/', tests] },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { pathNot: ['^(test|bench)/', tests, '\\.config\\.(ts|js)$'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg'], pathNot: 'node_modules/@types' },
    },
    ...layers,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules/\\.' },
  },
};
