import { expect, test } from 'vitest';
import { stalePages } from './coverage-pages.ts';

test('docs/coverage is what the programs carry out (npx tsx scripts/coverage.ts)', async () => {
  expect([...(await stalePages())]).toEqual([]);
});
