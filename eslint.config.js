import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What must come through src/common/runtime.ts, so that a test can hold it still. */
const doors = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take a Clock (src/common/runtime.ts).' },
    { object: 'Math', property: 'random', message: 'Take a Random (src/common/runtime.ts).' },
    { object: 'performance', property: 'now', message: 'Take a Clock (src/common/runtime.ts).' },
  ],
  'no-restricted-globals': [
    'error',
    { name: 'setTimeout', message: 'Take Timers (src/common/runtime.ts).' },
    { name: 'setInterval', message: 'Take Timers (src/common/runtime.ts).' },
    { name: 'performance', message: 'Take a Clock (src/common/runtime.ts).' },
  ],
  'no-restricted-imports': [
    'error',
    {
      paths: ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'].map((name) => ({
        name,
        message: 'Take a FileSystem (src/common/runtime.ts).',
      })),
      patterns: [{ regex: '^node:(net|timers.*)$', message: 'Take it from src/common/runtime.ts.' }],
    },
  ],
};

export default tseslint.config(
  { ignores: ['node_modules', 'data', 'src/proto/**', '**/*.cjs', '**/*.mjs'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-console': 'error',
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx', 'todo'] }],
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import the file that has it.' },
      ],
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      ...doors,
    },
  },
  {
    files: [
      'src/common/runtime.ts',
      'src/common/node-runtime.ts',
      'test/**',
      'bench/**',
      '**/*.test.ts',
      '**/*.bench.ts',
    ],
    rules: Object.fromEntries(Object.keys(doors).map((rule) => [rule, 'off'])),
  },
  { files: ['src/bin/**', 'src/cli/**', 'test/**', 'bench/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**', 'bench/**', '**/*.test.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['eslint.config.js'], extends: [tseslint.configs.disableTypeChecked] },
);
