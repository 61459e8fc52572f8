/**
 * multiprocessing.Pipe and its ends (Lib/multiprocessing/connection.py of 3.11): messages over a pipe, or over a pair of Unix sockets where both ends talk.
 * Each is four bytes of length, then the value. A connection has no lock: two that write into one end at once, or read from one, can tear a message apart.
 */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';
import { EOFError } from '../threading/errors.ts';
import { limitNs, type Python } from '../threading/python.ts';
import { flatten, type Passable, revive, Shared } from '../threading/shared.ts';
import { deserialize, serialize } from './serialize.ts';

const HEADER = 4;
/** Longer messages are written in two pieces (Connection._send_bytes). */
const ONE_WRITE = 16_384;
const CHUNK = 65_536;

/** What a connection itself finds wrong: an OSError without a number. */
class ConnectionError extends Error {
  override readonly name = 'OSError';
}

interface Packed {
  readonly fd: number;
  readonly readable: boolean;
  readonly writable: boolean;
}

export class Connection extends Shared {
  readonly kind = 'mp.Connection';
  private closed = false;

  constructor(
    private readonly py: Python,
    private readonly packed: Packed,
  ) {
    super();
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  get fileno(): number {
    return this.packed.fd;
  }

  async send(value: Passable): Promise<void> {
    await this.sendBytes(serialize(flatten(value)));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    this.check(this.packed.writable, 'connection is read-only');
    const header = new Uint8Array(HEADER);
    new DataView(header.buffer).setUint32(0, bytes.length);
    if (bytes.length > ONE_WRITE) {
      await this.writeAll(header);
      await this.writeAll(bytes);
      return;
    }
    const whole = new Uint8Array(HEADER + bytes.length);
    whole.set(header);
    whole.set(bytes, HEADER);
    await this.writeAll(whole);
  }

  private async writeAll(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += await this.py.sys.write(this.packed.fd, bytes.subarray(done));
  }

  async recv(): Promise<Passable> {
    return revive(this.py, deserialize(await this.recvBytes()));
  }

  /** EOFError where the other end is closed and nothing is left. */
  async recvBytes(): Promise<Uint8Array> {
    this.check(this.packed.readable, 'connection is write-only');
    const header = await this.readAll(HEADER);
    return this.readAll(new DataView(header.buffer, header.byteOffset).getUint32(0));
  }

  private async readAll(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = await this.py.sys.read(this.packed.fd, Math.min(CHUNK, length - done));
      if (part.length === 0) {
        if (done === 0) throw new EOFError('');
        throw new ConnectionError('got end of file during message');
      }
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  /** Is there something to read, or an end? */
  async poll(timeout: number | undefined = 0): Promise<boolean> {
    this.check(this.packed.readable, 'connection is write-only');
    return (await this.py.sys.poll([{ fd: this.packed.fd, events: POLL.IN }], limitNs(timeout))).length > 0;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.py.sys.close(this.packed.fd);
  }

  private check(allowed: boolean, otherwise: string): void {
    if (this.closed) throw new ConnectionError('handle is closed');
    if (!allowed) throw new ConnectionError(otherwise);
  }
}

/** Two ends: both talk where `duplex`, else the first reads what the second writes. */
export async function Pipe(py: Python, duplex = true): Promise<readonly [Connection, Connection]> {
  const [one, other] = duplex ? await py.sys.socketpair('stream') : await py.sys.pipe();
  return [
    new Connection(py, { fd: one, readable: true, writable: duplex }),
    new Connection(py, { fd: other, readable: duplex, writable: true }),
  ];
}
