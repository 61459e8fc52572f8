/** ulimit, as dash has it: one resource at a time, in its units; `-a` shows all. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Resource } from '@netarium/core/syscall/sys.ts';
import { ShellError } from '../errors.ts';
import type { Shell } from '../shell.ts';
import { parseLetters } from './options.ts';
import type { Builtin } from './types.ts';

interface Row {
  readonly letter: string;
  readonly name: string;
  readonly resource: Resource;
  /** How much of the kernel's unit one of ulimit's is. */
  readonly factor: number;
}

const row = (letter: string, name: string, resource: Resource, factor = 1): Row => ({ letter, name, resource, factor });

const ROWS: readonly Row[] = [
  row('t', 'time(seconds)', 'RLIMIT_CPU'),
  row('f', 'file(blocks)', 'RLIMIT_FSIZE', 512),
  row('d', 'data(kbytes)', 'RLIMIT_DATA', 1024),
  row('s', 'stack(kbytes)', 'RLIMIT_STACK', 1024),
  row('c', 'coredump(blocks)', 'RLIMIT_CORE', 512),
  row('m', 'memory(kbytes)', 'RLIMIT_RSS', 1024),
  row('l', 'locked memory(kbytes)', 'RLIMIT_MEMLOCK', 1024),
  row('p', 'process', 'RLIMIT_NPROC'),
  row('n', 'nofiles', 'RLIMIT_NOFILE'),
  row('v', 'vmemory(kbytes)', 'RLIMIT_AS', 1024),
  row('w', 'locks', 'RLIMIT_LOCKS'),
  row('r', 'rtprio', 'RLIMIT_RTPRIO'),
];

const UNLIMITED = -1;

async function shown(shell: Shell, { resource, factor }: Row, hard: boolean): Promise<string> {
  const limit = await shell.sys.getrlimit(resource);
  const value = hard ? limit.hard : limit.soft;
  return value === UNLIMITED ? 'unlimited' : String(Math.floor(value / factor));
}

function parsed(text: string, factor: number): number {
  if (text === 'unlimited') return UNLIMITED;
  if (!/^[0-9]+$/.test(text)) throw new ShellError('bad number');
  return Math.min(Number(text) * factor, Number.MAX_SAFE_INTEGER);
}

async function change(
  shell: Shell,
  { resource, factor }: Row,
  text: string,
  letters: ReadonlySet<string>,
): Promise<void> {
  const value = parsed(text, factor);
  const old = await shell.sys.getrlimit(resource);
  const both = !letters.has('H') && !letters.has('S');
  try {
    await shell.sys.setrlimit(resource, {
      soft: both || letters.has('S') ? value : old.soft,
      hard: both || letters.has('H') ? value : old.hard,
    });
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    throw new ShellError(`error setting limit (${error.reason.text})`);
  }
}

export const ulimitBuiltin: Builtin = async ({ shell, args }) => {
  const { letters, operands } = parseLetters(args, `HSa${ROWS.map(({ letter }) => letter).join('')}`);
  const hard = letters.has('H') && !letters.has('S');
  const [value, ...more] = operands;
  if (letters.has('a')) {
    if (value !== undefined) throw new ShellError('too many arguments');
    for (const entry of ROWS) await shell.write(`${entry.name.padEnd(20)} ${await shown(shell, entry, hard)}\n`);
    return 0;
  }
  if (more.length > 0) throw new ShellError('too many arguments');
  const chosen = ROWS.findLast(({ letter }) => letters.has(letter)) ?? ROWS.find(({ letter }) => letter === 'f')!;
  if (value === undefined) await shell.write(`${await shown(shell, chosen, hard)}\n`);
  else await change(shell, chosen, value, letters);
  return 0;
};
