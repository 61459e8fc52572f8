/** Runs one program on a simulated host, and answers what it noted, its errors' text and how long it took. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { HostControl } from '@netarium/core/check/lab-context.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { onHost } from '../lib/on-host.test-kit.ts';

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
  const main = async (sys: Sys): Promise<number> => {
    await body(sys, (line) => lines.push(line)).catch((error: unknown) => {
      failure = error;
    });
    return 0;
  };
  const script = async (h: HostControl): Promise<void> => {
    await h.sh('main');
    if (failure !== undefined) throw failure;
  };
  await onHost(script, { programs: { main } });
  return lines;
}
