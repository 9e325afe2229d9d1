import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,grammar,planner,exec,storage,ingest,test,bench}/**/*.test.ts'],
    setupFiles: ['test/support/fast-check-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: one worker for the tests, one for the servers that they start.
    maxWorkers: 2,
  },
});
