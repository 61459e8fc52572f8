/** Runs one program on a simulated host, and answers what it noted, its errors' text and how long it took. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { bench, turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { systemImage } from '../image.ts';

export type Body = (sys: Sys, note: (line: string) => void) => Promise<void>;

export interface Noted {
  readonly lines: string[];
  readonly text: string;
  readonly endNs: number;
}

/** On a host without any network. */
export async function inProgram(body: Body): Promise<Noted> {
  const lines: string[] = [];
  const world = bench();
  const { out } = world.start(async (sys) => {
    await body(sys, (line) => lines.push(line));
    return 0;
  });
  await world.run(3_600_000_000_000);
  if (world.crashes.length > 0) throw world.crashes[0];
  return { lines, text: decodeUtf8(out.bytes), endNs: world.queue.now };
}

/** On a host with its loopback; nothing may be left over. */
export async function onNetwork(body: Body): Promise<string[]> {
  const lines: string[] = [];
  let failure: unknown;
  const definition = lab({
    id: 'runtime-test',
    machines: { h: host() },
    programs: {
      main: async (sys) => {
        await body(sys, (line) => lines.push(line)).catch((error: unknown) => {
          failure = error;
        });
        return 0;
      },
    },
    async script({ h }) {
      await h.sh('main');
    },
  });
  const { problems } = await runLab(definition, { image: systemImage(), turn });
  if (failure !== undefined) throw failure;
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return lines;
}
