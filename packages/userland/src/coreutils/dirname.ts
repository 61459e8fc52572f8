/** dirname(1). */
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { missingOperand, tool } from './tool.ts';

export const options: ProgramOptions = { name: 'dirname', usage: 'dirname name...', options: [] };

function directoryOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  const slash = trimmed.lastIndexOf('/');
  if (slash < 0) return '.';
  return trimmed.slice(0, slash).replace(/\/+$/, '') || '/';
}

export const main = tool(options, async ({ sys, operands }) => {
  if (operands.length === 0) throw missingOperand('dirname');
  for (const path of operands) await print(sys, `${directoryOf(path)}\n`);
  return 0;
});
