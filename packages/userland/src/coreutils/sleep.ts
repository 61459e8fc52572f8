/** sleep(1): the sum of its operands, each with a fraction and a unit. */
import type { ProgramOptions } from '../lib/options.ts';
import { missingOperand, quote, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = { name: 'sleep', usage: 'sleep number[smhd]...', options: [] };

const UNIT_NS: Readonly<Record<string, number>> = {
  s: 1_000_000_000,
  m: 60_000_000_000,
  h: 3_600_000_000_000,
  d: 86_400_000_000_000,
};

/** `1.5m` in nanoseconds; undefined for what is no time. */
export function parseDuration(text: string): number | undefined {
  const match = /^([0-9]+\.?[0-9]*|\.[0-9]+)([smhd]?)$/.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * UNIT_NS[match[2] === '' ? 's' : match[2]!]!);
}

export const main = tool(options, async ({ sys, operands }) => {
  if (operands.length === 0) throw missingOperand('sleep');
  let total = 0;
  for (const text of operands) {
    const ns = parseDuration(text);
    if (ns === undefined)
      throw new ToolError(`invalid time interval ${quote(text)}\nTry 'sleep --help' for more information.`);
    total += ns;
  }
  await sys.nanosleep(Math.min(total, Number.MAX_SAFE_INTEGER));
  return 0;
});
