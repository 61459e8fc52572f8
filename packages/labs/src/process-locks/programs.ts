/** `tickets processes|threads LOCK`: ten buyers take one ticket each from a file that says how many are left. LOCK: none, thread or process. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { Lock as ProcessLock } from '@netarium/userland/runtimes/multiprocessing/synchronize.ts';
import { type Mutex, Lock as ThreadLock } from '@netarium/userland/runtimes/threading/lock.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { joinAll, startProcesses, startThreads } from '../lib/python-threads.ts';

export const TICKETS = 10;
const FILE = '/tmp/tickets';

async function readFile(py: Python): Promise<number> {
  const fd = await py.sys.open(FILE, { read: true });
  const bytes = await py.sys.read(fd, 16);
  await py.sys.close(fd);
  return Number(decodeUtf8(bytes));
}

async function writeFile(py: Python, left: number): Promise<void> {
  const fd = await py.sys.open(FILE, { write: true, create: true, truncate: true });
  await py.sys.write(fd, encodeUtf8(String(left)));
  await py.sys.close(fd);
}

async function lockOf(py: Python, kind: string | undefined): Promise<Mutex | null> {
  if (kind === 'thread') return ThreadLock.create(py, { label: 'thread lock' });
  return kind === 'process' ? ProcessLock.create(py, 'process lock') : null;
}

export const tickets = python('3.11', {
  async main(py, [, who, kind]) {
    await writeFile(py, TICKETS);
    const lock = await lockOf(py, kind);
    const starts = Array.from({ length: TICKETS }, (_, i) => ({ target: 'buy', args: [lock], name: `buyer ${i + 1}` }));
    await joinAll(who === 'threads' ? await startThreads(py, starts) : await startProcesses(py, starts));
    await py.print(await readFile(py), 'left');
  },
  async buy(py, lock: Mutex | null) {
    const buy = async () => {
      const left = await readFile(py);
      await py.sleep(0.01);
      await writeFile(py, left - 1);
    };
    await (lock === null ? buy() : lock.with(buy));
  },
});
