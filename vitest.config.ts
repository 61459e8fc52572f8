import { defineConfig } from 'vitest/config';

const tests = ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'];
const real = ['packages/*/src/**/*.real.test.ts', 'test/**/*.real.test.ts'];
const outside = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    reporters: ['default', './scripts/tally-reporter.ts'],
    projects: [
      { test: { name: 'unit', include: tests, exclude: [...outside, ...real], pool: 'threads', testTimeout: 20_000 } },
      {
        // Real counterparts share one machine's network and clock, so they take turns.
        test: {
          name: 'real',
          include: real,
          exclude: outside,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
