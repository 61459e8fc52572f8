/** The calls that the real kernel carries: those on open files, sockets and readiness are the simulated kernel's own code. */
import { openFileCalls } from '@netarium/core/syscall/calls/open-file.ts';
import { pollCalls } from '@netarium/core/syscall/calls/poll.ts';
import { descriptorCalls } from './descriptor.ts';
import { fileCalls } from './file.ts';
import { memoryCalls } from './memory.ts';
import { processCalls } from './process.ts';
import { socketCalls } from './socket.ts';

export const realCalls = {
  ...openFileCalls,
  ...socketCalls,
  ...pollCalls,
  ...descriptorCalls,
  ...fileCalls,
  ...processCalls,
  ...memoryCalls,
};
