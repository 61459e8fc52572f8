/**
 * Signals that a loop takes note of, as `loop.add_signal_handler` of CPython does: the handler writes to a pipe whose other end the loop watches
 * (signal.set_wakeup_fd), so that a signal is never missed, whatever the loop was about to do.
 */
import type { Signal } from '@netarium/core/syscall/sys.ts';
import { unless } from '../../lib/failure.ts';
import type { EventLoop } from './loop.ts';
import { wake } from './task.ts';

/** Until a person or a supervisor says that it is over. */
export async function untilSignalled(loop: EventLoop, ...signals: readonly Signal[]): Promise<void> {
  const { sys } = loop;
  const [reader, writer] = await sys.pipe();
  await sys.setNonblock(writer, true);
  const came = loop.createFuture<void>();
  await loop.watch(reader, 'read', () => wake(came), 'a signal');
  const handler = async (inner: typeof sys): Promise<void> => {
    // A pipe that is full says all there is to say.
    await unless(inner.write(writer, new Uint8Array(1)), 'EAGAIN');
  };
  for (const signal of signals) await sys.sigaction(signal, { handler });
  await came.wait();
  await loop.unwatch(reader, 'read');
}
