/** The command line in this process: no build and no start of Node, so that a test of a picture takes milliseconds. */
import { netarium } from '../../packages/cli/src/command/program.ts';
import type { Streams } from '../../packages/cli/src/io.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** With `columns` a person looks at a terminal of that width; without it is a pipe. */
export async function ran(
  argv: readonly string[],
  columns?: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const written = { out: '', err: '' };
  const into = (name: 'out' | 'err'): NodeJS.WriteStream =>
    ({
      isTTY: columns !== undefined,
      columns,
      write: (text: string) => {
        written[name] += text;
        return true;
      },
    }) as unknown as NodeJS.WriteStream;
  const env = { LANG: 'en_US.UTF-8', TERM: 'xterm', ...more };
  const streams: Streams = { stdout: into('out'), stderr: into('err'), stdin: process.stdin, env };
  const code = await netarium(argv, streams, undefined);
  return { code, ...written };
}
