/** md5sum(1) and sha256sum(1): the sum of each file, or with -c the comparison with a list of sums. */
import { hex } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print, printError } from '../lib/stdio.ts';
import { md5 } from './md5.ts';
import { decodeText, splitLines } from './text.ts';
import { readOperand, type ToolCall, tool } from './tool.ts';

function optionsOf(name: string): ProgramOptions {
  return {
    name,
    usage: `${name} [-c] [-bt] [file...]`,
    options: [
      { names: ['-c', '--check'], help: 'compare with the sums that the files list' },
      { names: ['-b', '--binary'], help: 'mark the files as binary' },
      { names: ['-t', '--text'], help: 'mark the files as text (the default)' },
      { names: ['--quiet'], help: 'with -c: no line for files that are as listed' },
      { names: ['--status'], help: 'with -c: only the exit status' },
    ],
  };
}

export const md5sumOptions = optionsOf('md5sum');
export const sha256sumOptions = optionsOf('sha256sum');

async function check(call: ToolCall, list: string, sum: (data: Uint8Array) => string, name: string): Promise<void> {
  const { sys, options: given, attempt, fail } = call;
  let failed = 0;
  let missing = 0;
  let malformed = 0;
  await attempt(list, async () => {
    for (const line of splitLines(decodeText(await readOperand(sys, list)))) {
      const match = /^([0-9a-fA-F]{32}|[0-9a-fA-F]{64}) [ *](.+)$/.exec(line);
      if (match === null) {
        malformed++;
        continue;
      }
      const path = match[2]!;
      try {
        const same = sum(await readOperand(sys, path)) === match[1]!.toLowerCase();
        if (!same) failed++;
        if (!given.has('--status') && !(same && given.has('--quiet')))
          await print(sys, `${path}: ${same ? 'OK' : 'FAILED'}\n`);
      } catch (error) {
        if (!(error instanceof SysError)) throw error;
        missing++;
        await fail(`${path}: ${error.reason.text}`);
        if (!given.has('--status')) await print(sys, `${path}: FAILED open or read\n`);
      }
    }
  });
  const warn = async (count: number, one: string, many: string): Promise<void> => {
    if (count > 0 && !given.has('--status'))
      await printError(sys, `${name}: WARNING: ${count} ${count === 1 ? one : many}\n`);
  };
  await warn(malformed, 'line is improperly formatted', 'lines are improperly formatted');
  await warn(missing, 'listed file could not be read', 'listed files could not be read');
  await warn(failed, 'computed checksum did NOT match', 'computed checksums did NOT match');
  if (failed > 0) throw new CheckFailed();
}

/** Ends the program with status 1, after everything was said. */
class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
}

function checksum(options: ProgramOptions, digest: (data: Uint8Array) => Uint8Array): Program {
  const sum = (data: Uint8Array): string => hex(digest(data));
  return tool(options, async (call) => {
    const { sys, options: given, operands, attempt } = call;
    try {
      for (const name of operands.length === 0 ? ['-'] : operands) {
        if (given.has('-c')) await check(call, name, sum, options.name);
        else {
          await attempt(name, async () => {
            await print(sys, `${sum(await readOperand(sys, name))} ${given.has('-b') ? '*' : ' '}${name}\n`);
          });
        }
      }
    } catch (error) {
      if (error instanceof CheckFailed) return 1;
      throw error;
    }
    return 0;
  });
}

export const md5sum = checksum(md5sumOptions, md5);
export const sha256sum = checksum(sha256sumOptions, sha256);
