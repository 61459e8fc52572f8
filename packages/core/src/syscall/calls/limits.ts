/** getrlimit(2) and setrlimit(2). */
import { E, type Errno } from '../../base/errno.ts';
import { HELD, INFINITY, isResource, type Limit, MOST_FILES, within } from '../../os/limits.ts';
import type { Thread } from '../../os/thread.ts';
import type { CallTable } from '../call-table.ts';
import { watchCpuLimit } from '../cpu-limits.ts';
import type { Kernel } from '../kernel.ts';

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= INFINITY;
}

function setrlimit(kernel: Kernel, { process }: Thread, resource: unknown, limit: Limit): Errno | undefined {
  if (!isResource(resource) || !isLimit(limit.soft) || !isLimit(limit.hard)) return E.EINVAL;
  if (!within(limit.soft, limit.hard)) return E.EINVAL;
  const { hard } = process.limits[resource];
  if (!within(limit.hard, hard) && process.uid !== 0) return E.EPERM;
  if (resource === 'RLIMIT_NOFILE' && !within(limit.hard, MOST_FILES)) return E.EPERM;
  const { soft, hard: sameHard } = limit;
  const unchanged = soft === process.limits[resource].soft && sameHard === hard;
  if (!HELD.has(resource)) return unchanged ? undefined : E.EOPNOTSUPP;
  process.limits = { ...process.limits, [resource]: { soft, hard: sameHard } };
  if (resource === 'RLIMIT_NOFILE') process.descriptors.limit = soft === INFINITY ? Number.MAX_SAFE_INTEGER : soft;
  if (resource === 'RLIMIT_CPU') watchCpuLimit(kernel, process);
  return undefined;
}

export const limitCalls = {
  getrlimit: (_kernel, thread, _call, resource) => (isResource(resource) ? thread.process.limits[resource] : E.EINVAL),
  setrlimit: (kernel, thread, _call, resource, limit) => setrlimit(kernel, thread, resource, limit),
} satisfies Partial<CallTable>;
