/** kill(1) as a program. The shell has its own. */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { parseSignal, signalName, signalNames } from '../shell/signals.ts';
import { ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'kill',
  usage: 'kill [-s signal | -signal] pid... | kill -l [number]',
  options: [
    { names: ['-s', '--signal'], value: 'signal', help: 'which signal' },
    { names: ['-l', '--list'], help: 'list signals, or name one' },
  ],
};

const program = tool(options, async ({ sys, options: given, operands, attempt }) => {
  if (given.has('-l')) {
    const number = operands[0];
    if (number === undefined) await print(sys, `${signalNames().join(' ')}\n`);
    else await print(sys, `${signalName(Number(number) & 127) ?? number}\n`);
    return 0;
  }
  const name = given.value('-s') ?? 'TERM';
  const signal = parseSignal(name);
  if (signal === undefined) throw new ToolError(`unknown signal ${name}`);
  if (operands.length === 0) throw new ToolError('not enough arguments');
  for (const text of operands) {
    if (!/^-?[0-9]{1,10}$/.test(text)) throw new ToolError(`failed to parse argument: '${text}'`);
    await attempt(`sending signal to ${text} failed`, () => sys.kill(Number(text), signal));
  }
  return 0;
});

/** `-9` and `-TERM` as first argument name the signal. */
export const main: typeof program = (sys, argv) => {
  const signal = /^-([A-Z0-9]+)$/.exec(argv[1] ?? '')?.[1];
  if (signal === undefined || parseSignal(signal) === undefined) return program(sys, argv);
  return program(sys, [argv[0]!, '-s', signal, '--', ...argv.slice(2)]);
};
