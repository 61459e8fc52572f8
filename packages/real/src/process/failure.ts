/** An errno as the program sees it. What the real kernel does not carry says so, and where to read of it. */
import { ENOTSUP, type Errno, SysError } from '@netarium/core/base/errno.ts';

const NOT_CARRIED = 'not carried on the real kernel, see docs/coverage/real.md';

export function failure(errno: Errno, call: string): SysError {
  return new SysError(errno, call, errno === ENOTSUP ? NOT_CARRIED : '');
}
