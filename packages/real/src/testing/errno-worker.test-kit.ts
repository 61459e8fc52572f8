/** The smallest worker: answers the number of an errno. */
import { parentPort, workerData } from 'node:worker_threads';
import { E, type ErrnoCode } from '@netarium/core/base/errno.ts';

parentPort?.postMessage(E[workerData as ErrnoCode].number);
