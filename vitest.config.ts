import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const tests = ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'];
const real = ['packages/*/src/**/*.real.test.ts', 'test/**/*.real.test.ts'];
/** Work for one core, whatever else the machine does: every lab in every engine and before another referee, the book of all of them. */
const beside = [
  'test/determinism/**/*.real.test.ts',
  'test/tshark/**/*.real.test.ts',
  'test/book/**/*.real.test.ts',
  'test/pack/**/*.real.test.ts',
];
/** They need neither a quiet machine nor the network to themselves. */
const reference = [
  'test/viewer/**/*.real.test.ts',
  'test/coreutils-gnu.real.test.ts',
  'test/shell-dash.real.test.ts',
  'test/http-clients/**/*.real.test.ts',
  'test/kernels/**/*.real.test.ts',
  'test/real/**/*.real.test.ts',
  'test/cpython/language-errors.real.test.ts',
  'test/cpython/random-asyncio.real.test.ts',
  'packages/userland/src/net-tools/tcpdump/tcpdump.real.test.ts',
  'packages/userland/src/redis/redis.real.test.ts',
  'packages/userland/src/validation/languages.real.test.ts',
];
const outside = ['**/node_modules/**', '**/dist/**'];

/** All cores: the default leaves one free, which on two cores is half the time. */
const maxWorkers = '100%';

export default defineConfig({
  test: {
    reporters: ['default', './scripts/tally-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: tests,
          exclude: [...outside, ...real],
          pool: 'threads',
          // Modules keep no state of their own, so files may share them: reading them anew for each file costs a minute.
          isolate: false,
          maxWorkers,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Real counterparts share one machine's network and clock, so they take turns.
        test: {
          name: 'real',
          include: real,
          exclude: [...outside, ...beside, ...reference],
          pool: 'forks',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'beside',
          include: beside,
          exclude: outside,
          pool: 'forks',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        // After them, side by side: referees that read captures, another engine that runs the same labs, tools that print.
        test: {
          name: 'reference',
          include: reference,
          exclude: outside,
          pool: 'forks',
          isolate: false,
          // Many of them wait for other programs.
          maxWorkers: Math.ceil(1.5 * availableParallelism()),
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // As long as a page waits for what should come (test/viewer/pages.ts).
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
