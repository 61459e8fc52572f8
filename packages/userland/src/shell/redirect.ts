/**
 * Redirections (POSIX 2.7). Two uses: `openRedirects` works out a child's descriptor table without touching the shell's own, and
 * `applyRedirects` changes the shell's own and can put it back, for built-ins, functions and compound commands.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { OpenFlags } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../lib/stdio.ts';
import type { Redirect } from './ast.ts';
import { bytesOf, fromByteText } from './bytetext.ts';
import { ShellError } from './errors.ts';
import { expandText } from './expand.ts';
import { errorText, type Shell } from './shell.ts';
import { spawnWriter } from './subshell.ts';

/** What fits into a pipe without blocking whoever writes it (PIPE_BUF). */
const PIPE_BUF = 4096;

/** Where a redirection leads: a descriptor opened for it, one that is open already, or none (`<&-`). */
type Source =
  | { readonly kind: 'opened'; readonly fd: number }
  | { readonly kind: 'copy'; readonly fd: number }
  | { readonly kind: 'close' };

async function openSource(shell: Shell, redirect: Redirect): Promise<Source> {
  if (redirect.operator === '<<') return { kind: 'opened', fd: await hereDocument(shell, redirect) };
  const target = await expandText(shell, redirect.target);
  if (redirect.operator === '<&' || redirect.operator === '>&') {
    if (target === '-') return { kind: 'close' };
    if (!/^[0-9]$/.test(target)) throw new ShellError('Syntax error: Bad fd number');
    return { kind: 'copy', fd: Number(target) };
  }
  return { kind: 'opened', fd: await openFile(shell, redirect.operator, target) };
}

async function openFile(shell: Shell, operator: '<' | '>' | '>|' | '>>' | '<>', path: string): Promise<number> {
  const creates = operator !== '<';
  try {
    return await shell.sys.open(fromByteText(path), await flagsOf(shell, operator, path));
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    // dash has words of its own for the two most frequent failures.
    const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    const text = !missing ? errorText(error) : creates ? 'Directory nonexistent' : 'No such file';
    throw new ShellError(`cannot ${creates ? 'create' : 'open'} ${path}: ${text}`);
  }
}

async function flagsOf(shell: Shell, operator: '<' | '>' | '>|' | '>>' | '<>', path: string): Promise<OpenFlags> {
  if (operator === '<') return { read: true };
  if (operator === '<>') return { read: true, write: true, create: true };
  if (operator === '>>') return { write: true, create: true, append: true };
  if (operator === '>' && shell.state.options.has('C') && (await isRegularFile(shell, path))) {
    return { write: true, create: true, exclusive: true };
  }
  return { write: true, create: true, truncate: true };
}

async function isRegularFile(shell: Shell, path: string): Promise<boolean> {
  try {
    return (await shell.sys.stat(fromByteText(path))).type === 'file';
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

/** A pipe that holds the document; a long one is written by a process of its own, as nobody reads it yet. */
async function hereDocument(shell: Shell, redirect: Redirect): Promise<number> {
  const text = await expandText(shell, redirect.target);
  const [readEnd, writeEnd] = await shell.sys.pipe();
  if (text.length <= PIPE_BUF) await writeAll(shell.sys, writeEnd, bytesOf(text));
  else await spawnWriter(shell, text, writeEnd);
  await shell.sys.close(writeEnd);
  return readEnd;
}

export interface ChildTable {
  readonly fds: Map<number, number>;
  /** Descriptors of ours to close once the child has them. */
  readonly opened: readonly number[];
}

/** The descriptor table of a child: `fds` changed by the redirections, left to right. */
export async function openRedirects(
  shell: Shell,
  redirects: readonly Redirect[],
  fds: ReadonlyMap<number, number>,
): Promise<ChildTable> {
  const table = new Map(fds);
  const opened: number[] = [];
  try {
    for (const redirect of redirects) {
      const source = await openSource(shell, redirect);
      if (source.kind === 'close') table.delete(redirect.fd);
      else if (source.kind === 'opened') {
        opened.push(source.fd);
        table.set(redirect.fd, source.fd);
      } else {
        const from = table.get(source.fd);
        if (from === undefined) throw new ShellError(`${source.fd}: Bad file descriptor`);
        table.set(redirect.fd, from);
      }
    }
  } catch (error) {
    for (const fd of opened) await shell.sys.close(fd);
    throw error;
  }
  return { fds: table, opened };
}

/** A descriptor as it was before: kept under another number, or not open. */
interface Saved {
  readonly fd: number;
  readonly kept: number | undefined;
}

/** Changes the shell's own descriptors. The answer undoes it; without `keep` nothing can be undone (`exec`). */
export async function applyRedirects(
  shell: Shell,
  redirects: readonly Redirect[],
  keep: boolean,
): Promise<() => Promise<void>> {
  const saved: Saved[] = [];
  const undo = async (): Promise<void> => {
    for (const entry of saved.toReversed()) await restore(shell, entry);
  };
  try {
    for (const redirect of redirects) {
      const source = await openSource(shell, redirect);
      if (keep && !saved.some((entry) => entry.fd === redirect.fd)) {
        const open = shell.state.descriptors.has(redirect.fd);
        saved.push({ fd: redirect.fd, kept: open ? await shell.copyAway(redirect.fd) : undefined });
      }
      await connect(shell, redirect.fd, source);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

async function connect(shell: Shell, fd: number, source: Source): Promise<void> {
  const { sys, state } = shell;
  if (source.kind === 'close') {
    if (state.descriptors.delete(fd)) await sys.close(fd);
    return;
  }
  if (source.kind === 'copy' && !state.descriptors.has(source.fd)) {
    throw new ShellError(`${source.fd}: Bad file descriptor`);
  }
  if (source.fd !== fd) {
    await sys.dup2(source.fd, fd);
    if (source.kind === 'opened') await sys.close(source.fd);
  }
  state.descriptors.add(fd);
}

async function restore(shell: Shell, saved: Saved): Promise<void> {
  const { sys, state } = shell;
  if (saved.kept === undefined) {
    if (state.descriptors.delete(saved.fd)) await sys.close(saved.fd);
    return;
  }
  await sys.dup2(saved.kept, saved.fd);
  await shell.closeOwn(saved.kept);
  state.descriptors.add(saved.fd);
}
