/** The same work and the same data, read by a call that waits and by a request that is filled meanwhile. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { MS } from '../lib/io-programs.ts';
import { connectTo } from '../lib/tcp.ts';

const SLICE_NS = 5 * MS;

/** Submits a receive, works, and looks into the completion ring between two pieces of work: memory, no call. */
async function readByRing(sys: Sys, fd: number, workMs: number): Promise<string> {
  const ring = await sys.io_uring_setup(4);
  const buffer = new Uint8Array(100);
  ring.submissions.push({ operation: { op: 'recv', fd, buffer }, userData: 1 });
  await sys.io_uring_enter(ring.fd, 1);
  let got = '';
  for (let doneMs = 0; doneMs < workMs; doneMs += SLICE_NS / MS) {
    await sys.cpu(SLICE_NS);
    const completion = ring.completions.shift();
    if (completion === undefined) continue;
    got = decodeUtf8(buffer.subarray(0, completion.result));
    await print(sys, `completion of ${completion.result} bytes, the buffer holds "${got}"\n`);
  }
  await sys.close(ring.fd);
  return got;
}

async function readByCall(sys: Sys, fd: number, workMs: number): Promise<string> {
  const got = decodeUtf8(await sys.recv(fd, 100));
  await sys.cpu(workMs * MS);
  return got;
}

/** `async-reader ring|recv ADDRESS PORT WORK-MS`. */
export const asyncReader: Program = async (sys, argv) => {
  const fd = await connectTo(sys, argv[2]!, Number(argv[3]));
  const got = await (argv[1] === 'ring' ? readByRing : readByCall)(sys, fd, Number(argv[4]));
  await print(sys, `work done, have "${got}"\n`);
  await sys.close(fd);
  return 0;
};
