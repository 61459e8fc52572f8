/** Speaker and listener of messages over TCP. Both make the same messages from the same seed, so the listener knows what is wrong. */
import { sameBytes } from '@netarium/core/base/bytes.ts';
import { POLL, type Program, type Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt, sendAll } from '../lib/tcp.ts';
import { Deframer, type Framing, frame } from './framing.ts';

const MS = 1_000_000;
const LONGEST = 200;

/** A small generator (xorshift) that both sides run; the content is printable, so that captures can be read. */
class Messages {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  private next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  /** The next message: so long, or of random length where `length` is 0. */
  message(length: number): Uint8Array {
    const bytes = new Uint8Array(length > 0 ? length : 1 + (this.next() % LONGEST));
    for (let i = 0; i < bytes.length; i++) bytes[i] = 97 + (this.next() % 26);
    return bytes;
  }
}

/** `speak ADDRESS PORT FRAMING COUNT LENGTH GAP-MS [nodelay]`: one send call per message, GAP-MS apart; LENGTH 0 for random lengths. */
export const speak: Program = async (sys, argv) => {
  const [address = '', port, framing, count, length, gapMs, nodelay] = argv.slice(1);
  const fd = await connectTo(sys, address, Number(port));
  if (nodelay === 'nodelay') await sys.setsockopt(fd, 'tcp', 'TCP_NODELAY', 1);
  const messages = new Messages(Number(count));
  for (let i = 0; i < Number(count); i++) {
    await sendAll(sys, fd, frame(framing as Framing, messages.message(Number(length))));
    if (Number(gapMs) > 0) await sys.nanosleep(Number(gapMs) * MS);
  }
  await sys.close(fd);
  return 0;
};

/**
 * `listen PORT FRAMING COUNT LENGTH LATE-MS`: takes one connection, begins to read LATE-MS after the first byte is there, and compares message by
 * message. Prints `COUNT received, WRONG wrong, sizes …` with the sizes of the first receive calls.
 */
export const listen: Program = async (sys, argv) => {
  const [port, framing, count, length, lateMs] = argv.slice(1);
  const listening = await listenAt(sys, Number(port));
  const { fd } = await sys.accept(listening);
  await sys.poll([{ fd, events: POLL.IN }], -1);
  if (Number(lateMs) > 0) await sys.nanosleep(Number(lateMs) * MS);
  const { received, sizes } = await receiveMessages(sys, fd, framing as Framing);
  const expected = new Messages(Number(count));
  let wrong = 0;
  for (let i = 0; i < Math.max(Number(count), received.length); i++) {
    const message = received[i];
    if (i >= Number(count) || message === undefined || !sameBytes(message, expected.message(Number(length)))) wrong++;
  }
  await sys.close(fd);
  await sys.close(listening);
  await print(sys, `${received.length} received, ${wrong} wrong, sizes ${sizes.slice(0, 20).join(' ')}\n`);
  return wrong === 0 ? 0 : 1;
};

async function receiveMessages(sys: Sys, fd: number, framing: Framing) {
  const [received, sizes]: [Uint8Array[], number[]] = [[], []];
  const deframer = new Deframer(framing);
  for (;;) {
    const piece = await sys.recv(fd, 65536);
    if (piece.length === 0) return { received, sizes };
    sizes.push(piece.length);
    received.push(...deframer.push(piece));
  }
}
