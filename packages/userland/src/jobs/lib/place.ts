/** Failing system calls of jobs, told with the file that they concern: `urls.txt: No such file or directory`, and exit code 1. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { OpenFlags, Sys } from '@netarium/core/syscall/sys.ts';
import { ToolError } from '../../coreutils/tool.ts';

/** Awaits a call; its errno becomes the tool's one line with the place in front. */
export async function at<T>(place: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof SysError) throw new ToolError(`${place}: ${error.reason.text}`);
    throw error;
  }
}

export function openAt(sys: Sys, path: string, flags: OpenFlags): Promise<number> {
  return at(path, sys.open(path, flags));
}
