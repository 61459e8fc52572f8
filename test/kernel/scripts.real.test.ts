/**
 * Every packet script of ours against the kernel of this machine. Its verdict must be the one of test/packetscripts/kernel.tsv. Needs root (network
 * namespaces), /dev/net/tun and Python 3.
 */
import { beforeAll, expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { readTable, scriptNames, scriptText } from '../packetscripts/kernel-table.ts';
import { judgeScripts, type KernelVerdict } from './judge-scripts.ts';

const names = scriptNames();
const table = readTable();
let verdicts: readonly KernelVerdict[] = [];

beforeAll(() => {
  verdicts = judgeScripts(names.map(scriptText));
});

test.each(names.map((name, i) => [name, i] as const))('%s', (name, i) => {
  const wanted = table.get(name)?.verdict === 'differs' ? 'fail' : 'pass';
  let judged = verdicts[i]!;
  // The kernel's timers are late where somebody else computes: only what differs every time is a difference (test/comparing-clocks.ts).
  for (let again = 0; again < COMPARING_CLOCKS.retry && judged.verdict !== wanted; again++)
    judged = judgeScripts([scriptText(name)])[0]!;
  const { verdict, line, seen, missing } = judged;
  expect(verdict, `line ${line}: expected ${missing}; the kernel: ${seen}`).toBe(wanted);
});
