/** The call table: every call of `Sys`, none missing (the type says so). */
import type { CallTable } from '../call-table.ts';
import { fileCalls } from './file.ts';
import { netlinkCalls } from './netlink.ts';
import { pollCalls } from './poll.ts';
import { processCalls } from './process.ts';
import { socketCalls } from './socket.ts';
import { timeCalls } from './time.ts';

export const callTable: CallTable = {
  ...processCalls,
  ...timeCalls,
  ...fileCalls,
  ...socketCalls,
  ...pollCalls,
  ...(netlinkCalls as Pick<CallTable, 'netlink'>),
};
