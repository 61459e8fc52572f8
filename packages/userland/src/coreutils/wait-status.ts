/** Exit statuses as shells count them. */
import type { WaitResult } from '@netarium/core/syscall/sys.ts';
import { signalNumber } from '../shell/signals.ts';

/** The exit code, or 128 and the number of the signal that ended the process. */
export function signalStatus(result: WaitResult): number {
  return result.signal === undefined ? (result.code ?? 0) : 128 + signalNumber(result.signal);
}
