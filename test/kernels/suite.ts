/**
 * The contract of `sys`: what a program may count on, whichever kernel is below. A case is a piece of program that makes calls and asserts their
 * results and errnos; a file of cases is a whole program (`main CASE DIRECTORY`), so that threads and forks can start at its other exports. The
 * arms (`simulated.test.ts`, `real.real.test.ts`) run every case in a process of its own, with an empty directory of its own.
 *
 * Every case is true on Linux; where an implementation leaves something out, its arm names the case (`OMITTED`), never the case the implementation.
 */
import { type ErrnoCode, SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';

/** `dir`: an empty directory, the working directory too. What a case answers is the exit code, 0 unless it answers. */
export type Case = (sys: Sys, dir: string) => Promise<void>;
export type Cases = Readonly<Record<string, Case>>;

export const MS = 1_000_000;
export const LOOPBACK = '127.0.0.1';

/** A promise of the contract that was not kept. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Structural equality by JSON: what calls answer is numbers, texts and small records of them. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [saw, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (saw !== wanted) throw new Broken(`${what}: ${saw} instead of ${wanted}`);
}

export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Broken(what);
}

/** The call must fail, with this errno. */
export async function refused(call: Promise<unknown>, code: ErrnoCode, what: string): Promise<void> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    if (error.code !== code) throw new Broken(`${what}: ${error.code} instead of ${code}`);
    return;
  }
  throw new Broken(`${what}: answered ${JSON.stringify(answer)} instead of ${code}`);
}

export const bytes = (text: string): Uint8Array => encodeUtf8(text);
export const text = (data: Uint8Array): string => decodeUtf8(data);

/** A whole file, made or replaced. */
export async function put(sys: Sys, path: string, content: string): Promise<void> {
  const fd = await sys.open(path, { write: true, create: true, truncate: true });
  await sys.write(fd, bytes(content));
  await sys.close(fd);
}

export async function content(sys: Sys, path: string): Promise<string> {
  const fd = await sys.open(path, { read: true });
  const parts: string[] = [];
  for (;;) {
    const part = await sys.read(fd, 4096);
    if (part.length === 0) break;
    parts.push(text(part));
  }
  await sys.close(fd);
  return parts.join('');
}

/** How long a call took, by the monotonic clock. */
export async function tookNs(sys: Sys, call: () => Promise<unknown>): Promise<number> {
  const before = await sys.clock_gettime('monotonic');
  await call();
  return (await sys.clock_gettime('monotonic')) - before;
}

/** The program of a file of cases: `main CASE DIRECTORY` prints `kept`, or what was broken and exits with 1. */
export function contract(cases: Cases): Program {
  return async (sys, [, name = '', dir = '']) => {
    const one = cases[name];
    if (one === undefined) throw new Broken(`no case is called ${name}`);
    try {
      await sys.chdir(dir);
      await one(sys, dir);
      await sys.write(1, bytes('kept\n'));
      return 0;
    } catch (error) {
      if (!(error instanceof Broken) && !(error instanceof SysError)) throw error;
      await sys.write(1, bytes(`${error.name}: ${error.message}\n`));
      return 1;
    }
  };
}
