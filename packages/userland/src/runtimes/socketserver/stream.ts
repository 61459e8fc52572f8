/** A stream socket in the hands of a program in CPython's manner: what `socket.accept()` and `create_connection()` give. */
import type { Cloneable, SockAddr } from '@netarium/core/syscall/sys.ts';
import type { Python } from '../threading/python.ts';
import { Shared } from '../threading/shared.ts';

export class Stream extends Shared {
  readonly kind = 'socket';

  constructor(
    private readonly py: Python,
    readonly fileno: number,
  ) {
    super();
  }

  /** socket.create_connection(). */
  static async connect(py: Python, address: SockAddr): Promise<Stream> {
    const fd = await py.sys.socket('inet', 'stream');
    await py.sys.connect(fd, address);
    return new Stream(py, fd);
  }

  pack(): Cloneable {
    return this.fileno;
  }

  /** Empty at the end of the stream. */
  recv(length: number): Promise<Uint8Array> {
    return this.py.sys.recv(this.fileno, length);
  }

  send(data: Uint8Array): Promise<number> {
    return this.py.sys.send(this.fileno, data);
  }

  async sendall(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.length; ) done += await this.send(data.subarray(done));
  }

  /** For writing only (SHUT_WR). */
  shutdownWrite(): Promise<void> {
    return this.py.sys.shutdown(this.fileno, 'write');
  }

  close(): Promise<void> {
    return this.py.sys.close(this.fileno);
  }
}
