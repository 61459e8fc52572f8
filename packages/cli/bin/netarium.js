#!/usr/bin/env node
// npm links no executable that does not exist yet, so this file is committed and the bundle is not.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  console.error(
    `netarium is not built yet: run  npm run build  in ${fileURLToPath(new URL('../../../', import.meta.url))}`,
  );
  process.exitCode = 4;
}
