/** Resource limits: getrlimit(2). */
import type { Limit, Resource } from '../../os/limits.ts';

export type { Limit, Resource } from '../../os/limits.ts';

export interface LimitCalls {
  /** Soft and hard limit; -1 is none. EINVAL. */
  getrlimit(resource: Resource): Promise<Limit>;
  /** EPERM to raise a hard limit without being root, EINVAL, and ENOTSUP for what no host can hold: memory is not simulated. */
  setrlimit(resource: Resource, limit: Limit): Promise<void>;
}
