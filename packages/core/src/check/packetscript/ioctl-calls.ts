/** ioctl of a script: what it tells of a socket (tcp(7), udp(7), sockatmark(3)), and FIONBIO. */
import { E, type Errno } from '../../base/errno.ts';
import type { OpenFile } from '../../kernel/open-file.ts';
import { DatagramSocketFile } from '../../socket/datagram-socket.ts';
import { StreamSocket } from '../../socket/stream-socket.ts';
import type { TcpEndpoint } from '../../transport/tcp/api.ts';
import type { Expression } from './ast.ts';
import type { CallContext, Plan } from './calls.ts';
import { CannotRun } from './problem.ts';
import { namesOf, numberOf } from './values.ts';

/** Of a connection; a listener has no queues to tell of, but may be asked for its mark (tcp_ioctl). */
const STREAM_REQUESTS = new Map<string, (endpoint: TcpEndpoint) => number>([
  ['SIOCINQ', (endpoint) => endpoint.readableLength],
  ['FIONREAD', (endpoint) => endpoint.readableLength],
  ['SIOCOUTQ', unacknowledged],
  ['TIOCOUTQ', unacknowledged],
  ['SIOCOUTQNSD', (endpoint) => endpoint.info().notsent_bytes as number],
  ['SIOCATMARK', (endpoint) => (endpoint.atMark ? 1 : 0)],
]);

/** A SYN is not counted (tcp_ioctl). */
function unacknowledged(endpoint: TcpEndpoint): number {
  return /^SYN-/.test(endpoint.stateName) ? 0 : endpoint.sendQueueLength;
}

export function ioctlCall(args: readonly Expression[], { fds, line }: CallContext): Plan {
  const [fdArg, requestArg, wanted] = args;
  if (fdArg === undefined || requestArg === undefined || wanted === undefined)
    throw new CannotRun(line, 'syntax: ioctl needs a descriptor, a request and a value');
  const fd = fds.liveOf(fdArg);
  const [request = ''] = namesOf(requestArg);
  if (request === 'FIONBIO') return { name: 'setNonblock', args: [fd, numberOf(wanted) !== 0] };
  const tell = answerOf(fds.fileOf(fd), request);
  if (tell === undefined) throw new CannotRun(line, `ioctl ${request}`);
  return {
    run: tell,
    value: () => 0,
    output: (seen: number) =>
      wanted.kind === 'ellipsis' || seen === numberOf(wanted) ? undefined : [`[${seen}]`, `[${numberOf(wanted)}]`],
  };
}

/** Undefined for a request that is not known here. */
function answerOf(file: OpenFile | undefined, request: string): (() => number | Errno) | undefined {
  if (file === undefined) return () => E.EBADF;
  if (file instanceof DatagramSocketFile)
    return request === 'SIOCINQ' || request === 'FIONREAD' ? () => file.endpoint.nextLength : undefined;
  const tell = STREAM_REQUESTS.get(request);
  if (!(file instanceof StreamSocket) || tell === undefined) return undefined;
  const { endpoint } = file;
  return () => (endpoint.stateName === 'LISTEN' && request !== 'SIOCATMARK' ? E.EINVAL : tell(endpoint));
}
