/** Clocks, sleeping, declared work, randomness: clock_gettime(2), nanosleep(2), getrandom(2). */
import { E } from '../../base/errno.ts';
import { BLOCKED } from '../../kernel/outcome.ts';
import { isDuration } from '../../time/instant.ts';
import type { CallTable } from '../call-table.ts';

export const timeCalls = {
  clock_gettime: (kernel, _thread, _call, clock) => (clock === 'realtime' ? kernel.wallNs() : kernel.ctx.queue.now),
  nanosleep(_kernel, thread, call, ns) {
    if (!isDuration(ns)) return E.EINVAL;
    if (call.expired) return undefined;
    call.expireAt(thread.readyAt + ns);
    return BLOCKED;
  },
  cpu(_kernel, thread, call, ns) {
    if (!isDuration(ns)) return E.EINVAL;
    if (call.progress === undefined) {
      call.progress = 0;
      thread.charge(ns);
    }
    return undefined;
  },
  getrandom(kernel, _thread, _call, length) {
    if (!Number.isInteger(length) || length < 0 || length > 1_048_576) return E.EINVAL;
    return kernel.ctx.random.stream(`getrandom/${kernel.ctx.name}`).bytes(length);
  },
} satisfies Partial<CallTable>;
