/** Programs as an image holds them: a function, or a module whose exports are entries for threads and forked processes. */
import type { Program, Sys } from './sys.ts';

/** Where a thread or a forked process starts. Its arguments are copies; what it answers is copied to who joins it. */
export type Entry = (sys: Sys, ...args: never[]) => Promise<unknown>;

/** A program with more entries than one: `main`, and those that it names in `thread_create` and `fork`. */
export interface ProgramModule {
  readonly main: Program;
  readonly [entry: string]: Entry;
}

/** Code to run: an entry of a program with its arguments. */
export interface ProgramCode {
  readonly module: unknown;
  readonly entry: string;
  readonly args: readonly unknown[];
}

export function hasEntry(module: unknown, entry: string): boolean {
  return entryOf(module, entry) !== undefined;
}

/** The function behind an entry; `main` of a program that is one function is that function. */
export function entryOf(module: unknown, entry: string): Entry | undefined {
  if (typeof module === 'function') return entry === 'main' ? (module as Entry) : undefined;
  if (typeof module !== 'object' || module === null || !Object.hasOwn(module, entry)) return undefined;
  const found = (module as Record<string, unknown>)[entry];
  return typeof found === 'function' ? (found as Entry) : undefined;
}
