/** Where cp, mv and ln put things: into a directory, or under a name of their own. */
import { E, SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError } from './tool.ts';
import { baseName, joinPath } from './walk.ts';

export async function isDirectory(sys: Sys, path: string): Promise<boolean> {
  try {
    return (await sys.stat(path)).type === 'directory';
  } catch (error) {
    if (error instanceof SysError) return false;
    throw error;
  }
}

/** Pairs of source and target; several sources need a directory. `directory` is that of -t. */
export async function pairs(
  sys: Sys,
  tool: string,
  operands: readonly string[],
  directory?: string,
): Promise<{ readonly from: string; readonly to: string }[]> {
  const sources = directory === undefined ? operands.slice(0, -1) : operands;
  if (operands.length === 0) throw new ToolError(`missing file operand\nTry '${tool} --help' for more information.`);
  if (sources.length === 0) {
    throw new ToolError(
      `missing destination file operand after '${operands[0]}'\nTry '${tool} --help' for more information.`,
    );
  }
  const target = directory ?? operands.at(-1)!;
  const into = await isDirectory(sys, target);
  if (!into && (sources.length > 1 || directory !== undefined))
    throw new ToolError(`target '${target}': ${await whyNoDirectory(sys, target)}`);
  return sources.map((from) => ({ from, to: into ? joinPath(target, baseName(from)) : target }));
}

/** What keeps a path from being a directory, in the kernel's words. */
export async function whyNoDirectory(sys: Sys, path: string): Promise<string> {
  try {
    await sys.stat(path);
    return E.ENOTDIR.text;
  } catch (error) {
    if (error instanceof SysError) return error.reason.text;
    throw error;
  }
}
