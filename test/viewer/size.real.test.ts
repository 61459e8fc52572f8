/** A page is opened before anybody knows whether it is worth it: the viewer's script stays small. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { viewerBundle } from '../../scripts/viewer-bundle.mjs';

const MOST_BYTES = 200 * 1024;

test('the script of the viewer, compressed', async () => {
  const { script } = await viewerBundle();
  expect(gzipSync(script, { level: 9 }).length).toBeLessThan(MOST_BYTES);
});
