/** seq(1): numbers in steps; fractions are counted in their last digit, so that nothing is rounded. */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { missingOperand, quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'seq',
  usage: 'seq [-w] [-s separator] [first [increment]] last',
  options: [
    { names: ['-w', '--equal-width'], help: 'leading zeros make all as wide' },
    { names: ['-s', '--separator'], value: 'text', help: 'between numbers; a newline unless given' },
  ],
};

const LINES_AT_ONCE = 1000;

function parse(text: string): { readonly whole: string; readonly fraction: string; readonly negative: boolean } {
  const match = /^([-+]?)([0-9]{0,18})(?:\.([0-9]{0,18}))?$/.exec(text);
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) {
    throw new ToolError(`invalid floating point argument: ${quote(text)}\nTry 'seq --help' for more information.`);
  }
  return { negative: match[1] === '-', whole: match[2]!, fraction: match[3] ?? '' };
}

function show(value: bigint, digits: number, width: number): string {
  const text = (value < 0n ? -value : value).toString().padStart(digits + 1, '0');
  const number = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  const sign = value < 0n ? '-' : '';
  return sign + number.padStart(width - sign.length, '0');
}

const program = tool(
  options,
  async ({ sys, options: given, operands }) => {
    if (operands.length === 0) throw missingOperand('seq');
    if (operands.length > 3)
      throw new ToolError(`extra operand ${quote(operands[3]!)}\nTry 'seq --help' for more information.`);
    const [first, step, last] =
      operands.length === 1
        ? ['1', '1', operands[0]!]
        : operands.length === 2
          ? [operands[0]!, '1', operands[1]!]
          : (operands as [string, string, string]);
    const parsed = [parse(first), parse(step), parse(last)] as const;
    const digits = Math.max(parsed[0].fraction.length, parsed[1].fraction.length);
    const scale = Math.max(digits, parsed[2].fraction.length);
    const scaled = parsed.map(({ whole, fraction, negative }) => {
      const value = BigInt(`${whole}${fraction.padEnd(scale, '0')}` || '0');
      return negative ? -value : value;
    });
    const [from, by, to] = scaled as [bigint, bigint, bigint];
    if (by === 0n)
      throw new ToolError(`invalid Zero increment value: ${quote(step)}\nTry 'seq --help' for more information.`);
    const down = BigInt(`1${'0'.repeat(scale - digits)}`);
    const widthOf = (value: bigint): number => show(value / down, digits, 0).length;
    const width = given.has('-w') ? Math.max(widthOf(from), widthOf(to)) : 0;
    const separator = given.value('-s') ?? '\n';
    let text = '';
    let lines = 0;
    for (let value = from; by > 0n ? value <= to : value >= to; value += by) {
      text += `${value === from ? '' : separator}${show(value / down, digits, width)}`;
      if (++lines % LINES_AT_ONCE !== 0) continue;
      await print(sys, text);
      text = '';
    }
    await print(sys, lines === 0 ? text : `${text}\n`);
    return 0;
  },
  { stopAtOperand: true },
);

/** A negative first number is no option. */
export const main: typeof program = (sys, argv) => {
  const at = argv.findIndex((word, i) => i > 0 && /^-[0-9.]/.test(word));
  const operandFirst = argv.findIndex((word, i) => i > 0 && /^[0-9.]/.test(word) && argv[i - 1] !== '-s');
  const negativeFirst = at > 0 && (operandFirst < 0 || at < operandFirst) && !argv.slice(0, at).includes('--');
  return program(sys, negativeFirst ? [...argv.slice(0, at), '--', ...argv.slice(at)] : argv);
};
