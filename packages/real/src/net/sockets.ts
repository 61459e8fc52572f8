/** Makes sockets of the machine's own kernel by family and type (socket(2)). Raw and packet sockets are what Node cannot give: ENOTSUP. */
import { E, ENOTSUP, type Errno } from '@netarium/core/base/errno.ts';
import type { Clock } from '@netarium/core/record/recorder.ts';
import type { SocketFile, SocketIdentity } from '@netarium/core/socket/socket-file.ts';
import type { SocketFamily, SocketProtocol, SocketType } from '@netarium/core/socket/types.ts';
import type { SocketMaker } from '@netarium/core/syscall/call-host.ts';
import { RealDatagramSocket } from './datagram-socket.ts';
import { RealStreamSocket } from './stream-socket.ts';

export class RealSockets implements SocketMaker {
  constructor(private readonly clock: Clock) {}

  create(
    family: SocketFamily,
    type: SocketType,
    protocol: SocketProtocol | undefined,
    identity: SocketIdentity,
    identify: () => SocketIdentity,
  ): SocketFile | Errno {
    if (family === 'packet' || type === 'raw') return ENOTSUP;
    if (family !== 'inet' && family !== 'unix') return E.EAFNOSUPPORT;
    if (type === 'stream') {
      if (protocol !== undefined && protocol !== 'tcp' && protocol !== 6 && protocol !== 0) return E.EPROTONOSUPPORT;
      return new RealStreamSocket(family, this.clock, identify, identity);
    }
    if (type !== 'dgram') return E.ESOCKTNOSUPPORT;
    // Node has Unix streams only; ping sockets are not Node's either.
    if (family === 'unix' || protocol === 'icmp' || protocol === 1) return ENOTSUP;
    if (protocol !== undefined && protocol !== 'udp' && protocol !== 17 && protocol !== 0) return E.EPROTONOSUPPORT;
    return new RealDatagramSocket(this.clock, identity);
  }
}
