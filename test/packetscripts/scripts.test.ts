/** Our own packet scripts, one requirement each: our host passes them, their heads are well formed, and the kernel has been asked about this very text. */
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';
import { expect, it } from 'vitest';
import { headerOf } from './header.ts';
import { hashOf, readTable, scriptNames, scriptText } from './kernel-table.ts';

const table = readTable();

it.each(scriptNames())('%s', (name) => {
  const text = scriptText(name);
  expect(runPacketScript(text)).toEqual({ verdict: 'pass' });
  const row = table.get(name);
  expect(row?.hash, 'the kernel has not judged this text: npm run judge -- FILE --write').toBe(hashOf(text));
  const { requirements, kernelDiffers } = headerOf(text);
  expect(requirements).not.toEqual([]);
  expect(kernelDiffers !== undefined, "'// kernel differs:' stands where, and only where, the kernel differs").toBe(
    row?.verdict === 'differs',
  );
});
