/** The life of a child process around its entry, and what every process does at its end (multiprocessing.process._bootstrap, util._exit_function). */
import { shutdownExecutors } from '../futures/thread-pool.ts';
import { SystemExit } from '../threading/errors.ts';
import type { Python } from '../threading/python.ts';
import { revive } from '../threading/shared.ts';
import { joinNonDaemons, traceback } from '../threading/thread.ts';
import { closeFeeders, joinFeeders } from './feeder.ts';
import type { Process } from './process.ts';

/** What a child's entry is given before its own arguments. */
export interface ProcessStart {
  readonly how: 'process';
  readonly name: string;
  readonly daemon: boolean;
  /** The parent's end of the sentinel pipe, which is not for the child; negative where there is none. */
  readonly closed: number;
}

export async function runChild(py: Python, start: ProcessStart, body: () => Promise<unknown>): Promise<number> {
  if (start.closed >= 0) await py.sys.close(start.closed);
  let code = 0;
  try {
    await body();
  } catch (error) {
    code = error instanceof SystemExit ? error.code : 1;
    if (!(error instanceof SystemExit)) await py.writeAll(2, `Process ${start.name}:\n${traceback(error)}`);
  }
  await shutdownExecutors(py);
  await endOfProcess(py);
  await joinNonDaemons(py);
  return code;
}

/** Daemons are ended, other children waited for; what is still in queues goes out before the process does. */
export async function endOfProcess(py: Python): Promise<void> {
  await closeFeeders(py);
  const children: Process[] = [];
  const length = await py.sys.list_length(py.state.children);
  for (let at = 0; at < length; at++)
    children.push((await revive(py, await py.sys.list_get(py.state.children, at))) as Process);
  for (const child of children) if (child.daemon) await child.terminate();
  for (const child of children) await child.join();
  await joinFeeders(py);
}
