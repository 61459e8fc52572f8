/** Runs one program on a host without a network, and answers what it noted, its errors' text and how long it took. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

export interface Noted {
  readonly lines: string[];
  readonly text: string;
  readonly endNs: number;
}

export async function inProgram(body: (sys: Sys, note: (line: string) => void) => Promise<void>): Promise<Noted> {
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
