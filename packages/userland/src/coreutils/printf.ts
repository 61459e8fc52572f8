/** printf(1) as a program. The shell has a `printf` of its own. */
import { latin1 } from '@netarium/core/base/utf8.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { printError, writeAll } from '../lib/stdio.ts';
import { bytesOf } from '../shell/bytetext.ts';
import { formatAll } from './printf-format.ts';
import { decodeText, encodeText } from './text.ts';
import { missingOperand, quote, tool } from './tool.ts';

export const options: ProgramOptions = { name: 'printf', usage: 'printf format [argument...]', options: [] };

/** printf works on bytes. */
function toBytes(text: string): string {
  return latin1(encodeText(text));
}

export const main = tool(
  options,
  async ({ sys, operands }) => {
    const [format, ...values] = operands.map(toBytes);
    if (format === undefined) throw missingOperand('printf');
    const { text, problems, fatal } = formatAll(format, values);
    await writeAll(sys, 1, bytesOf(text));
    for (const { value, problem } of problems) {
      const words = problem === 'expected numeric value' ? 'expected a numeric value' : `value ${problem}`;
      await printError(sys, `printf: ${quote(decodeText(bytesOf(value)))}: ${words}\n`);
    }
    if (fatal !== undefined) await printError(sys, `printf: ${fatal}\n`);
    return fatal !== undefined || problems.length > 0 ? 1 : 0;
  },
  { stopAtOperand: true },
);
