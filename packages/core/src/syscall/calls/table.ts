/** The call table: every call of `Sys`, none missing (the type says so). */
import type { CallTable } from '../call-table.ts';
import { descriptorCalls } from './descriptor.ts';
import { fileCalls } from './file.ts';
import { ioRingCalls } from './io-ring.ts';
import { limitCalls } from './limits.ts';
import { memoryCalls } from './memory.ts';
import { messageQueueCalls } from './message-queue.ts';
import { netlinkCalls } from './netlink.ts';
import { openFileCalls } from './open-file.ts';
import { pollCalls } from './poll.ts';
import { processCalls } from './process.ts';
import { scheduleCalls } from './schedule.ts';
import { signalCalls } from './signal.ts';
import { socketCalls } from './socket.ts';
import { syncCalls } from './sync.ts';
import { threadCalls } from './thread.ts';
import { timeCalls } from './time.ts';
import { traceCalls } from './trace.ts';

export const callTable: CallTable = {
  ...processCalls,
  ...signalCalls,
  ...threadCalls,
  ...scheduleCalls,
  ...memoryCalls,
  ...syncCalls,
  ...messageQueueCalls,
  ...timeCalls,
  ...openFileCalls,
  ...fileCalls,
  ...descriptorCalls,
  ...socketCalls,
  ...pollCalls,
  ...ioRingCalls,
  ...limitCalls,
  ...traceCalls,
  ...(netlinkCalls as Pick<CallTable, 'netlink'>),
};
