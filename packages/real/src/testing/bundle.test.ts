import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { bundled } from './bundle.test-kit.ts';

test('a worker thread runs TypeScript that imports from the workspace', async () => {
  const entry = new URL('./errno-worker.test-kit.ts', import.meta.url);
  const file = await bundled(entry);
  expect(await bundled(entry)).toBe(file);
  const worker = new Worker(file, { workerData: 'EPIPE' });
  const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  expect(answer).toBe(32);
  await worker.terminate();
});
