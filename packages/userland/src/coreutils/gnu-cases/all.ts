/** All scripts that are compared with Debian's tools (coreutils, grep, sed, findutils, diffutils, procps, psmisc, lsof, strace, xxd, hexdump), by topic. */
import type { DashCase } from '../../shell/dash-cases/case.ts';
import { files } from './files.ts';
import { processes } from './processes.ts';
import { system } from './system.ts';
import { text } from './text.ts';

export const GNU_CASES: ReadonlyMap<string, readonly DashCase[]> = new Map([
  ['text', text],
  ['files', files],
  ['system', system],
  ['processes', processes],
]);
