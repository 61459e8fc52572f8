/** ThreadingMixIn and ForkingMixIn over TCPServer (Lib/socketserver.py of 3.11): a thread, or a process, for each connection. */
import type { SockAddr } from '@netarium/core/syscall/sys.ts';
import type { ProcessStart } from '../multiprocessing/child.ts';
import { type Python, succeeds } from '../threading/python.ts';
import { flatten, revive } from '../threading/shared.ts';
import { removeFrom, Thread } from '../threading/thread.ts';
import { TCPServer } from './server.ts';
import type { Stream } from './stream.ts';

/** Names of the entries at which the thread and the process of a connection start. */
export const SERVE_IN_THREAD = '$serve-in-thread';
export const SERVE_IN_PROCESS = '$serve-in-process';

export class ThreadingTCPServer extends TCPServer {
  override readonly kind: string = 'ThreadingTCPServer';

  protected override async processRequest(request: Stream, clientAddress: SockAddr): Promise<void> {
    const { py, packed } = this;
    const { daemonThreads: daemon, blockOnClose } = packed.settings;
    const args = [this, request, { ...clientAddress }];
    const thread = await Thread.create(py, { target: SERVE_IN_THREAD, args, daemon });
    if (!daemon && blockOnClose) await py.sys.list_push(packed.serving, flatten(thread));
    await thread.start();
  }

  /** In the connection's thread. */
  async serve(request: Stream, clientAddress: SockAddr): Promise<void> {
    try {
      await this.finishRequest(request, clientAddress);
    } catch (error) {
      await this.handleError(clientAddress, error);
    } finally {
      await this.shutdownRequest(request);
    }
  }

  override async serverClose(): Promise<void> {
    const { py, packed } = this;
    await super.serverClose();
    while ((await py.sys.list_length(packed.serving)) > 0)
      await ((await revive(py, await py.sys.list_remove(packed.serving, 0))) as Thread).join();
  }
}

export class ForkingTCPServer extends TCPServer {
  override readonly kind: string = 'ForkingTCPServer';

  protected override async processRequest(request: Stream, clientAddress: SockAddr): Promise<void> {
    const { py, packed } = this;
    const start: ProcessStart = { how: 'process', name: py.state.name, daemon: false, closed: -1 };
    const pid = await py.sys.fork(SERVE_IN_PROCESS, [
      { ...start },
      ...[this, request, { ...clientAddress }].map(flatten),
    ]);
    await py.sys.list_push(packed.serving, pid);
    // The child has it; without this the peer would never see the end of the stream.
    await request.close();
  }

  /** In the connection's process, whose exit code says whether the handler came to its end. */
  async serve(request: Stream, clientAddress: SockAddr): Promise<void> {
    let code = 1;
    try {
      await this.finishRequest(request, clientAddress);
      code = 0;
    } catch (error) {
      await this.handleError(clientAddress, error);
    } finally {
      await this.shutdownRequest(request);
    }
    this.py.exit(code);
  }

  /** The processes that serve, or that nobody has waited for yet. */
  async activeChildren(): Promise<number[]> {
    const { py, packed } = this;
    const pids: number[] = [];
    for (let at = 0; at < (await py.sys.list_length(packed.serving)); at++)
      pids.push((await py.sys.list_get(packed.serving, at)) as number);
    return pids;
  }

  protected override serviceActions(): Promise<void> {
    return this.collectChildren(false);
  }

  override async serverClose(): Promise<void> {
    await super.serverClose();
    await this.collectChildren(this.packed.settings.blockOnClose);
  }

  /** Waits for children that have ended, so that none stays a zombie; for any one of them where there are too many; for all where it may block. */
  protected async collectChildren(blocking: boolean): Promise<void> {
    const { py, packed } = this;
    const { sys } = py;
    while ((await sys.list_length(packed.serving)) >= packed.settings.maxChildren) {
      const ended = await waited(py, -1, true);
      if (ended === undefined || ended < 0) break;
      await removeFrom(py, packed.serving, (pid) => pid === ended);
    }
    for (let at = (await sys.list_length(packed.serving)) - 1; at >= 0; at--) {
      const ended = await waited(py, (await sys.list_get(packed.serving, at)) as number, blocking);
      if (ended !== undefined) await sys.list_remove(packed.serving, at);
    }
  }
}

/** The child that waitpid(2) tells of; the pid itself where somebody else has waited for it (ECHILD), undefined where it still runs. */
async function waited(py: Python, pid: number, blocking: boolean): Promise<number | undefined> {
  let ended: number | undefined;
  const waiting = py.sys.waitpid(pid, { nohang: !blocking }).then((result) => {
    ended = result?.pid;
  });
  return (await succeeds(waiting, 'ECHILD')) ? ended : pid;
}

/** The entry of a connection's thread or process. */
export function serve(
  _py: Python,
  server: ThreadingTCPServer | ForkingTCPServer,
  request: Stream,
  clientAddress: SockAddr,
): Promise<void> {
  return server.serve(request, clientAddress);
}
