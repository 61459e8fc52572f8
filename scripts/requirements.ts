/**
 * Writes docs/coverage/tcp.md: which requirement of TCP has which code and which script, the kernel's verdict and ours.
 *
 *     npx tsx scripts/requirements.ts          writes the page
 *     npx tsx scripts/requirements.ts --check  ends with 1 where it is not up to date
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { coveragePage } from '../test/requirements/page.ts';

const target = new URL('../docs/coverage/tcp.md', import.meta.url);
const page = coveragePage();
if (!process.argv.includes('--check')) writeFileSync(target, page);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== page) {
  console.error('docs/coverage/tcp.md is not up to date; run npx tsx scripts/requirements.ts');
  process.exitCode = 1;
}
