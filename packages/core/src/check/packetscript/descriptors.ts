/** A script's descriptors: the numbers that it writes are names for the host's, which need not be the same. */
import { Errno } from '../../base/errno.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { DatagramSocketFile } from '../../socket/datagram-socket.ts';
import { StreamSocket } from '../../socket/stream-socket.ts';
import type { TcpEndpoint } from '../../transport/tcp/api.ts';
import type { Expression } from './ast.ts';
import type { Testbed } from './testbed.ts';
import { numberOf } from './values.ts';

export class ScriptDescriptors {
  private readonly live = new Map<number, number>();
  /** Every stream socket that the script has had: TCP_INFO outlives the connection. */
  readonly endpoints: TcpEndpoint[] = [];

  /** What epoll_ctl(2) was given to tell back, by `EPOLL FD`. */
  readonly userData = new Map<string, number>();

  constructor(private readonly bed: Testbed) {}

  /** A number that the script never got is passed on as it is: the host answers EBADF. */
  liveOf(e: Expression): number {
    const script = numberOf(e);
    return this.live.get(script) ?? (script < 0 ? script : script + 1_000_000);
  }

  note(script: number, live: number): void {
    this.live.set(script, live);
    const file = this.fileOf(live);
    if (file instanceof StreamSocket) this.endpoints.push(file.endpoint);
  }

  scriptOf(live: number): number {
    for (const [script, number] of this.live) if (number === live) return script;
    return -1;
  }

  fileOf(live: number): OpenFile | undefined {
    const file = this.bed.process.descriptors.get(live);
    return file instanceof Errno ? undefined : file;
  }

  /** The local port of a stream socket. */
  portOf(live: number): number | undefined {
    const file = this.fileOf(live);
    return file instanceof StreamSocket ? file.endpoint.localPort : undefined;
  }

  /** The ports of a datagram socket. */
  datagram(live: number): { readonly localPort: number; readonly remotePort: number | undefined } | undefined {
    const file = this.fileOf(live);
    if (!(file instanceof DatagramSocketFile)) return undefined;
    const { endpoint } = file;
    return { localPort: endpoint.localPort, remotePort: endpoint.connected ? endpoint.remotePort : undefined };
  }
}
