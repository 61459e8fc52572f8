/** The input of sed(1): the lines of its files, one ahead, so that the last line is known. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { linesOf } from './text.ts';

export interface InputLine {
  readonly text: string;
  readonly ended: boolean;
}

/** Lines of one or several files, one line ahead, so that the last line is known. */
export class Input {
  private ahead: InputLine | undefined;
  private started = false;

  constructor(private readonly source: AsyncGenerator<InputLine, void, undefined>) {}

  async next(): Promise<InputLine | undefined> {
    if (!this.started) {
      this.started = true;
      this.ahead = await this.pull();
    }
    const line = this.ahead;
    if (line !== undefined) this.ahead = await this.pull();
    return line;
  }

  private async pull(): Promise<InputLine | undefined> {
    const result = await this.source.next();
    return result.done === true ? undefined : result.value;
  }

  get atLast(): boolean {
    return this.ahead === undefined;
  }
}

export async function* linesOfFiles(
  sys: Sys,
  names: readonly string[],
  fail: (message: string) => Promise<void>,
): AsyncGenerator<InputLine, void, undefined> {
  for (const name of names) {
    let fd = 0;
    try {
      if (name !== '-') fd = await sys.open(name, { read: true });
      yield* linesOf(sys, fd);
    } catch (error) {
      if (!(error instanceof SysError) || error.code === 'EPIPE') throw error;
      if (error.code === 'EISDIR') await fail(`couldn't edit ${name}: not a regular file`);
      else await fail(`can't read ${name}: ${error.reason.text}`);
    } finally {
      if (fd > 2) await sys.close(fd);
    }
  }
}
