/** A listening stream socket over a Node server. The operating system's queue is emptied as connections come; they wait here until accept(2). */
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { Errno } from '@netarium/core/base/errno.ts';
import { READY } from '@netarium/core/kernel/readiness.ts';
import { ANY_EVENT } from '@netarium/core/kernel/wait-queue.ts';
import { errnoOf } from '../errno-of.ts';
import type { Changed } from './connection.ts';

export class Listener {
  private readonly server: Server;
  private readonly waiting: Socket[] = [];
  /** Bound and listening, for the operating system. */
  bound = false;
  failure: Errno | undefined;
  /** The program has called listen(2): others are told of connections from then on. */
  open = false;

  constructor(
    options: ListenOptions,
    private readonly changed: Changed,
  ) {
    this.server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    this.server.on('connection', (socket) => this.arrived(socket));
    this.server.on('error', (error) => {
      this.failure = errnoOf(error);
      changed(ANY_EVENT);
    });
    this.server.on('listening', () => {
      this.bound = true;
      changed(ANY_EVENT);
    });
    this.server.listen({ ...options, exclusive: true });
  }

  private arrived(socket: Socket): void {
    // It may be reset while it waits; whoever accepts it is told then.
    socket.on('error', ignore);
    this.waiting.push(socket);
    if (this.open) this.changed(READY.IN);
  }

  get ready(): boolean {
    return this.open && this.waiting.length > 0;
  }

  next(): Socket | undefined {
    const socket = this.waiting.shift();
    socket?.off('error', ignore);
    return socket;
  }

  address(): ReturnType<Server['address']> {
    return this.server.address();
  }

  /** Nobody will accept those who wait: TCP tells them by a reset. */
  release(isTcp: boolean): void {
    for (const socket of this.waiting.splice(0)) {
      if (isTcp) socket.resetAndDestroy();
      else socket.destroy();
    }
    this.server.close();
  }
}

function ignore(): void {}
