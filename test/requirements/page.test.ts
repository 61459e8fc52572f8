import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { coveragePage } from './page.ts';

it('docs/coverage/tcp.md is up to date (npx tsx scripts/requirements.ts)', () => {
  expect(readFileSync(new URL('../../docs/coverage/tcp.md', import.meta.url), 'utf8')).toBe(coveragePage());
});
