/**
 * Writes docs/coverage (test/tidy/coverage-pages.ts).
 *
 *     npx tsx scripts/coverage.ts          writes the pages
 *     npx tsx scripts/coverage.ts --check  says which pages are not up to date, and ends with 1
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coverageFolder, stalePages } from '../test/tidy/coverage-pages.ts';

const stale = await stalePages();
if (!process.argv.includes('--check')) {
  mkdirSync(coverageFolder, { recursive: true });
  for (const [file, text] of stale) {
    if (text === undefined) rmSync(join(coverageFolder, file));
    else writeFileSync(join(coverageFolder, file), text);
  }
} else if (stale.size > 0) {
  console.error(`not up to date in docs/coverage: ${[...stale.keys()].join(', ')}; run npx tsx scripts/coverage.ts`);
  process.exitCode = 1;
}
