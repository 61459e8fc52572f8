/**
 * Pathname expansion (POSIX 2.13.3): slashes are matched by slashes only, a leading dot by a dot only, and the names come sorted by
 * their bytes. A directory that cannot be read has no matches.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { DirectoryEntry, Sys } from '@netarium/core/syscall/sys.ts';
import { fromByteText, toByteText } from './bytetext.ts';
import { compilePattern, hasMagic, matchPattern, unquotePattern } from './pattern.ts';

/** The paths that the pattern matches; none when it matches nothing or is no pattern. */
export async function expandPathname(sys: Sys, pattern: string): Promise<string[]> {
  if (!hasMagic(pattern)) return [];
  // Each component with the slashes before it.
  const components = [...pattern.matchAll(/(\/*)([^/]*)/g)].filter((match) => match[0] !== '');
  let prefixes = [''];
  for (const [index, match] of components.entries()) {
    const last = index === components.length - 1;
    const next: string[] = [];
    for (const prefix of prefixes) next.push(...(await matchComponent(sys, prefix + match[1]!, match[2]!, last)));
    prefixes = next;
  }
  return prefixes.sort(byBytes);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function matchComponent(sys: Sys, prefix: string, pattern: string, last: boolean): Promise<string[]> {
  if (!hasMagic(pattern)) {
    const path = prefix + unquotePattern(pattern);
    return (await exists(sys, path)) ? [path] : [];
  }
  const compiled = compilePattern(pattern);
  const hidden = compiled[0]?.kind === 'char' && compiled[0].char === '.';
  const out: string[] = [];
  for (const entry of await entries(sys, prefix === '' ? '.' : prefix)) {
    const name = toByteText(entry.name);
    if (name.startsWith('.') && !hidden) continue;
    if (!last && entry.type !== 'directory' && entry.type !== 'symlink') continue;
    if (matchPattern(compiled, name)) out.push(prefix + name);
  }
  return out;
}

async function exists(sys: Sys, path: string): Promise<boolean> {
  try {
    await sys.lstat(fromByteText(path));
    return true;
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

async function entries(sys: Sys, path: string): Promise<readonly DirectoryEntry[]> {
  try {
    return await sys.readdir(fromByteText(path));
  } catch (error) {
    if (error instanceof SysError) return [];
    throw error;
  }
}
