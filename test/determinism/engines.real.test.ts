/**
 * Same seed, same run: every built-in lab twice in one process, the second time after all the others and in strict mode, once in another process
 * with all labs in the opposite order, once in headless Chromium. Digests, captures, verdicts and the number of events must be equal; a canary with a leak must be caught.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Browser, Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { firstRuns } from './first-runs.ts';
import { type Identity, identify, labIds } from './runs.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

let folder: string;
let browser: Browser;
let page: Page;
const here1st = new Map<string, Identity>();
const elsewhere = new Map<string, Identity>();

async function bundle(entry: string, platform: 'node' | 'browser', out: string): Promise<void> {
  // A page has the bytes of the SQL engine in its bundle; where they would be fetched from does not matter then.
  const define = platform === 'browser' ? { 'import.meta.url': '"https://localhost/"' } : {};
  const moduleTypes = { '.wasm': 'binary' } as const;
  const build = await rolldown({
    input: join(here, entry),
    platform,
    logLevel: 'warn',
    moduleTypes,
    transform: { define },
  });
  await build.write({ file: out, format: platform === 'node' ? 'esm' : 'iife', codeSplitting: false });
  await build.close();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netarium-engines-'));
  await bundle('browser-entry.ts', 'browser', join(folder, 'page.js'));
  await bundle('node-entry.ts', 'node', join(folder, 'node.mjs'));
  browser = await launchBrowser();
  page = await browser.newPage();
  await page.goto('about:blank');
  await page.addScriptTag({ path: join(folder, 'page.js') });
  for (const [id, { identity }] of await firstRuns()) here1st.set(id, identity);
  inAnotherProcess(labIds().toReversed());
}, 600_000);

/** Most of what a run allocates is soon garbage: a tenth of the time goes where little of it lives long enough to be copied. */
const ROOMY = '--max-semi-space-size=64';

/** What a lab before another leaves behind comes after it here. */
function inAnotherProcess(ids: readonly string[]): void {
  // Libraries that a bundle loads when it needs them are this repository's.
  const env = { ...process.env, NODE_PATH: join(here, '../../node_modules') };
  const out = execFileSync(process.execPath, [ROOMY, join(folder, 'node.mjs'), ...ids], { encoding: 'utf8', env });
  const lines = out.trimEnd().split('\n');
  for (const [i, id] of ids.entries()) elsewhere.set(id, JSON.parse(lines[i]!));
}

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(labIds())('lab %s', (id) => {
  // Strict mode only watches: what an earlier run left behind makes this one differ as it would another.
  test('again in this process, after all the others, in strict mode', async () => {
    expect(await identify(id, turn, { strict: true })).toEqual(here1st.get(id));
  });

  test('in another process, after those that come later here', () => {
    expect(elsewhere.get(id)).toEqual(here1st.get(id));
  });

  test('in headless Chromium', async () => {
    const there = await page.evaluate(
      (lab) => (globalThis as unknown as { identify(id: string): Promise<unknown> }).identify(lab),
      id,
    );
    expect(there).toEqual(here1st.get(id));
  });
});

test('another seed is another run', async () => {
  expect((await identify('visit-website', turn, { seed: 2 })).runDigest).not.toBe(
    here1st.get('visit-website')!.runDigest,
  );
});
