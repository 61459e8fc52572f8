/** Between an open file of the run (a pipe, a stream without a descriptor) and the operating system's pipe of a program that knows nothing of the run. */
import { once } from 'node:events';
import { E, Errno } from '@netarium/core/base/errno.ts';
import type { OpenFile } from '@netarium/core/kernel/open-file.ts';
import type { RealKernel } from '../kernel/real-kernel.ts';
import { RealProcess } from '../kernel/real-process.ts';
import { DirectLink } from './link.ts';
import { settled } from './process-host.ts';

const PIECE_BYTES = 65_536;

/** A process without a program, that holds one descriptor and is no child of anybody. */
function holder(kernel: RealKernel, file: OpenFile): { link: DirectLink; process: RealProcess } {
  const process = new RealProcess(0, undefined, 0, '/');
  process.descriptors.place(0, file);
  return { link: new DirectLink(kernel, process), process };
}

/** What comes from the run's file goes to the program. */
export async function drainInto(kernel: RealKernel, file: OpenFile, to: NodeJS.WritableStream): Promise<void> {
  const { link, process } = holder(kernel, file);
  to.on('error', () => process.descriptors.closeAll());
  for (;;) {
    const data = await settled(link.call(0, 'read', [0, PIECE_BYTES]));
    if (data instanceof Errno || (data as Uint8Array).length === 0) break;
    if (!to.write(data as Uint8Array)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
  }
  to.end();
  process.descriptors.closeAll();
}

/** What the program writes goes to the run's file. */
export async function fillFrom(kernel: RealKernel, file: OpenFile, from: NodeJS.ReadableStream): Promise<void> {
  const { link, process } = holder(kernel, file);
  try {
    for await (const data of from) {
      const written = await settled(link.call(0, 'write', [0, data]));
      if (written === E.EPIPE) break;
    }
  } catch {
    // The program's end of the pipe broke: there is nothing more to come.
  }
  process.descriptors.closeAll();
}
