/** What the libraries bring to a program: classes whose objects pass between threads and processes, and entries of their own. One table, filled here. */
import { Future } from '../futures/future.ts';
import { CHUNK, ProcessPoolExecutor, runChunk } from '../futures/process-pool.ts';
import { POOL_WORKER, ThreadPoolExecutor } from '../futures/thread-pool.ts';
import { Connection } from '../multiprocessing/connection.ts';
import { FEEDER, feed } from '../multiprocessing/feeder.ts';
import { Process } from '../multiprocessing/process.ts';
import * as between from '../multiprocessing/queue.ts';
import * as shared from '../multiprocessing/synchronize.ts';
import { MINDER, runWorker, WORKER, Workers } from '../multiprocessing/workers.ts';
import {
  ForkingTCPServer,
  SERVE_IN_PROCESS,
  SERVE_IN_THREAD,
  serve,
  ThreadingTCPServer,
} from '../socketserver/mixins.ts';
import { TCPServer } from '../socketserver/server.ts';
import { Stream } from '../socketserver/stream.ts';
import { Barrier } from './barrier.ts';
import { Condition, Event } from './condition.ts';
import { Local } from './local.ts';
import { Lock, RLock } from './lock.ts';
import type { Library, PyEntry } from './python.ts';
import { Queue, SimpleQueue } from './queue.ts';
import { BoundedSemaphore, Semaphore } from './semaphore.ts';
import type { Revive } from './shared.ts';
import { Thread } from './thread.ts';

export const LIBRARY: Library = {
  kinds: new Map<string, Revive>([
    ['Lock', (py, id) => new Lock(py, id)],
    ['RLock', (py, id) => new RLock(py, id)],
    ['Condition', (py, packed) => Condition.revive(py, packed)],
    ['Event', (py, packed) => Event.revive(py, packed)],
    ['Semaphore', (py, packed) => Semaphore.revive(py, packed)],
    ['BoundedSemaphore', (py, packed) => BoundedSemaphore.revive(py, packed)],
    ['Barrier', (py, packed) => Barrier.revive(py, packed)],
    ['Local', (py, packed) => Local.revive(py, packed)],
    ['Thread', (py, packed) => Thread.revive(py, packed)],
    ['queue.Queue', (py, packed) => Queue.revive(py, packed)],
    ['queue.SimpleQueue', (py, packed) => SimpleQueue.revive(py, packed)],
    ['Future', (py, packed) => Future.revive(py, packed)],
    ['ThreadPoolExecutor', (py, packed) => ThreadPoolExecutor.revive(py, packed)],
    ['ProcessPoolExecutor', (py, packed) => ProcessPoolExecutor.revive(py, packed)],
    ['socket', (py, fileno) => new Stream(py, fileno)],
    ['TCPServer', (py, packed) => TCPServer.revive(py, packed)],
    ['ThreadingTCPServer', (py, packed) => ThreadingTCPServer.revive(py, packed)],
    ['ForkingTCPServer', (py, packed) => ForkingTCPServer.revive(py, packed)],
    ['mp.Workers', (py, packed) => Workers.revive(py, packed)],
    ['mp.Lock', (py, id) => new shared.Lock(py, id)],
    ['mp.RLock', (py, id) => new shared.RLock(py, id)],
    ['mp.Semaphore', (py, packed) => new shared.Semaphore(py, packed)],
    ['mp.Condition', (py, packed) => shared.Condition.revive(py, packed)],
    ['mp.Event', (py, packed) => shared.Event.revive(py, packed)],
    ['mp.Value', (py, packed) => shared.Value.revive(py, packed)],
    ['mp.Connection', (py, packed) => new Connection(py, packed)],
    ['mp.Process', (py, packed) => Process.revive(py, packed)],
    ['mp.Queue', (py, packed) => between.Queue.revive(py, packed)],
    ['mp.SimpleQueue', (py, packed) => between.SimpleQueue.revive(py, packed)],
  ]),
  entries: {
    [FEEDER]: feed as PyEntry,
    [MINDER]: (async (_py, workers: Workers) => workers.mind()) as PyEntry,
    [WORKER]: runWorker as PyEntry,
    [SERVE_IN_THREAD]: serve as PyEntry,
    [SERVE_IN_PROCESS]: serve as PyEntry,
    [CHUNK]: runChunk as PyEntry,
    [POOL_WORKER]: (async (_py, executor: ThreadPoolExecutor) => executor.work()) as PyEntry,
  },
};
