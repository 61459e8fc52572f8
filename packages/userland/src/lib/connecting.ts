/** connect(2) of a non-blocking socket in an event loop: what became of it is told once. */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop, LoopTimer } from './event-loop.ts';
import { errnoOf } from './failure.ts';
import type { Place } from './serving.ts';

export interface Connecting {
  /** Gives up; nothing will be told. */
  cancel(): Promise<void>;
}

/** `done` gets a connected descriptor, or why there is none; it is called in a turn of its own. */
export async function connectTo(
  sys: Sys,
  loop: EventLoop,
  place: Place,
  timeoutNs: number,
  done: (result: number | ErrnoCode) => Promise<void>,
): Promise<Connecting> {
  const to = { family: 'inet', ...place } as const;
  let timer: LoopTimer | undefined;
  let open = true;
  let fd = -1;
  const end = async (result: number | ErrnoCode): Promise<void> => {
    if (!open) return;
    open = false;
    loop.cancel(timer);
    if (fd >= 0) await (typeof result === 'number' ? loop.unwatch(fd) : loop.close(fd));
    await done(result);
  };
  /** A second connect(2) reports what SO_ERROR holds; EISCONN says that it went well. */
  const look = async (): Promise<void> => {
    try {
      await sys.connect(fd, to);
      await end(fd);
    } catch (error) {
      const code = errnoOf(error);
      if (code !== 'EALREADY' && code !== 'EINPROGRESS') await end(code === 'EISCONN' ? fd : code);
    }
  };
  try {
    fd = await sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
    await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
    await sys.connect(fd, to);
    loop.soon(() => end(fd));
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'EINPROGRESS') loop.soon(() => end(code));
    else {
      await loop.watch(fd, POLL.OUT, look);
      timer = loop.at((await loop.now()) + timeoutNs, () => end('ETIMEDOUT'));
    }
  }
  return {
    cancel: async () => {
      if (!open) return;
      open = false;
      loop.cancel(timer);
      if (fd >= 0) await loop.close(fd);
    },
  };
}
