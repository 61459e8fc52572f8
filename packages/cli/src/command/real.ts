/** `netarium real <program> …`: the same programs on this machine's own kernel, where they do real work. */
import { nearest } from '@netarium/core/check/lab-problem.ts';
import { runReal } from '@netarium/real/run-real.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { entries } from '../real/entries.ts';
import { pathOf, resolveProgram } from '../real/resolve.ts';

export interface RealOptions {
  readonly list?: boolean;
}

/** A program by its whole name, as the stage of a lab starts servers: `lab:ten-pictures#server`. */
async function known(reference: string): Promise<string | undefined> {
  return (await resolveProgram(reference)) === undefined ? undefined : reference;
}

async function programNames(): Promise<string[]> {
  return (await import('../real/installed.ts')).programNames();
}

export async function realCommand(
  name: string | undefined,
  args: readonly string[],
  { list = false }: RealOptions,
  io: Io,
): Promise<number> {
  const { m } = io;
  if (list) {
    if (name !== undefined) throw new UsageError(m.errors.tooMany(), 'real');
    for (const each of await programNames()) io.out(each);
    return EXIT.met;
  }
  if (name === undefined) throw new UsageError(m.errors.missingArgument('program'), 'real');
  const path = name.startsWith('/') || name.startsWith('lab:') ? await known(name) : await pathOf(name);
  if (path === undefined) {
    const near = nearest(name, await programNames());
    const hint = near === undefined ? '' : `; ${m.errors.didYouMean(near)}`;
    throw new UsageError(m.errors.unknownProgram(name) + hint, 'real');
  }
  const { stdin, stdout, stderr } = io;
  return runReal({
    program: path,
    argv: [name.split(/[/#]/).at(-1)!, ...args],
    resolve: resolveProgram,
    entries,
    stdin,
    stdout,
    stderr,
  });
}
