import { availableParallelism } from 'node:os';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const tests = ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'];
const real = ['packages/*/src/**/*.real.test.ts', 'test/**/*.real.test.ts'];
/** What compares clocks (test/comparing-clocks.ts) or holds levels of CPU time: before the others, while no more than one core's work goes on beside it. */
const clocks = [
  'test/shape/**/*.real.test.ts',
  'test/kernel/**/*.real.test.ts',
  'test/two-arms/**/*.real.test.ts',
  'test/cpython/cpython.real.test.ts',
  'test/cpython/deadlock-rate.real.test.ts',
  'test/viewer/large.real.test.ts',
];
/** Work for one core, whatever else the machine does: every lab in every engine and before another referee. */
const beside = ['test/determinism/**/*.real.test.ts', 'test/tshark/labs.real.test.ts'];
/** They need neither a quiet machine nor the network to themselves. */
const reference = [
  'test/viewer/**/*.real.test.ts',
  'test/pack/**/*.real.test.ts',
  'test/book/**/*.real.test.ts',
  'test/tshark/tshark.real.test.ts',
  'packages/core/src/transport/tcp/transfer.real.test.ts',
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

const runner = './scripts/test-runner.ts';
/** As long as a page waits for what should come (test/viewer/pages.ts). */
const expect = { poll: { timeout: 10_000 } };

/** A file after the other, in a process that reads a module once for all of them: two hundred of them anew cost each file a second. */
function inTurn(
  name: string,
  groupOrder: number,
  include: string[],
  exclude: string[],
): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      runner,
      include,
      exclude,
      pool: 'forks',
      isolate: false,
      fileParallelism: false,
      sequence: { groupOrder },
      testTimeout: 180_000,
      hookTimeout: 180_000,
      expect,
    },
  };
}

export default defineConfig({
  test: {
    reporters: ['default', './scripts/tally-reporter.ts'],
    // CI's runs read each other's modules: without it each transforms a thousand of them anew.
    experimental: { fsModuleCache: true },
    projects: [
      {
        test: {
          name: 'unit',
          runner,
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
      // Real counterparts share one machine's network and clock, so they take turns.
      inTurn('clocks', 1, clocks, outside),
      inTurn('real', 2, real, [...outside, ...clocks, ...beside, ...reference]),
      inTurn('beside', 3, beside, outside),
      {
        // After them, side by side: referees that read captures, another engine that runs the same labs, tools that print.
        test: {
          name: 'reference',
          runner,
          include: reference,
          exclude: [...outside, ...clocks],
          pool: 'forks',
          isolate: false,
          // Many of them wait for other programs.
          maxWorkers: Math.ceil(1.5 * availableParallelism()),
          sequence: { groupOrder: 4 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect,
        },
      },
    ],
  },
});
