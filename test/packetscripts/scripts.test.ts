/** Our own packet scripts, one requirement each, named after it. */
import { readdirSync, readFileSync } from 'node:fs';
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';
import { expect, it } from 'vitest';

const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.pkt'));

it.each(files)('%s', (name) => {
  expect(runPacketScript(readFileSync(new URL(name, folder), 'utf8'))).toEqual({ verdict: 'pass' });
});
