/** A conversation of random segments, with the kernel's answers, as a packet script. */
import type { Answer, PacketStep, Step } from './random-segments.ts';

const STEP_MS = 60;
const ERRNO = new Map([
  [11, 'EAGAIN'],
  [32, 'EPIPE'],
  [103, 'ECONNABORTED'],
  [104, 'ECONNRESET'],
  [107, 'ENOTCONN'],
  [111, 'ECONNREFUSED'],
  [115, 'EINPROGRESS'],
]);
const LISTENER = 3;
const CONNECTION = 4;

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function result(value: unknown): string {
  const number = Number(value);
  return number >= 0 ? String(number) : `-1 ${ERRNO.get(-number) ?? `errno ${-number}`}`;
}

function inbound({ flags, seq, ack, length, window, mss, sackPermitted, windowScale, ts, sack }: PacketStep): string {
  const options = [
    ...(mss === undefined ? [] : [`mss ${mss}`]),
    ...(sackPermitted ? ['sackOK'] : []),
    ...(ts === undefined ? [] : [`TS val ${ts[0]} ecr ${ts[1]}`]),
    ...(windowScale === undefined ? [] : [`wscale ${windowScale}`]),
    ...(sack === undefined ? [] : [`sack ${sack.map(([left, right]) => `${left}:${right}`).join(' ')}`]),
  ];
  const start = seq >>> 0;
  const acked = ack === undefined ? '' : ` ack ${ack >>> 0}`;
  const list = options.length === 0 ? '' : ` <${options.join(',')}>`;
  return `< ${flags === '' ? '-' : flags} ${start}:${(start + length) >>> 0}(${length})${acked} win ${window}${list}`;
}

function outbound([, flags, seq, ack, length]: Answer): string {
  const acked = String(flags).includes('.') ? ` ack ${ack}` : '';
  return `> ${flags} ${seq}:${(Number(seq) + Number(length)) >>> 0}(${length})${acked} <...>`;
}

function call(step: Exclude<Step, PacketStep>, answer: unknown): readonly string[] {
  const nonblocking = (fd: number): string => `fcntl(${fd}, F_SETFL, O_RDWR|O_NONBLOCK) = 0`;
  switch (step.op) {
    case 'listen':
      return [
        `socket(..., SOCK_STREAM, IPPROTO_TCP) = ${LISTENER}`,
        `bind(${LISTENER}, ..., ...) = 0`,
        `listen(${LISTENER}, 10) = 0`,
        nonblocking(LISTENER),
      ];
    case 'connect':
      return [
        `socket(..., SOCK_STREAM, IPPROTO_TCP) = ${CONNECTION}`,
        nonblocking(CONNECTION),
        `connect(${CONNECTION}, ..., ...) = ${result(answer)}`,
      ];
    case 'accept':
      if (Number(answer) < 0) return [`accept(${LISTENER}, ..., ...) = ${result(answer)}`];
      return [`accept(${LISTENER}, ..., ...) = ${CONNECTION}`, nonblocking(CONNECTION)];
    case 'send':
      return [`send(${CONNECTION}, ..., ${step.length}, MSG_NOSIGNAL) = ${result(answer)}`];
    case 'receive':
      return [`read(${CONNECTION}, ..., 1048576) = ${result(answer)}`];
    case 'shutdown':
      return [`shutdown(${CONNECTION}, SHUT_WR) = ${result(answer)}`];
    case 'close':
      return [`close(${CONNECTION}) = ${result(answer)}`];
    default:
      return [`getsockopt(${CONNECTION}, SOL_SOCKET, SO_ERROR, [${-Number(answer)}], [4]) = 0`];
  }
}

/** `answers` as the kernel gave them: one for each step, and segments after the step that they follow. */
export function scriptOf(title: string, steps: readonly Step[], answers: readonly Answer[]): string {
  const lines = [`// ${title}`, '`sysctl -q net.ipv4.tcp_congestion_control=reno`'];
  let next = 0;
  steps.forEach((step, number) => {
    const [from, to] = [seconds(number * STEP_MS), seconds((number + 1) * STEP_MS)];
    const answer = answers[next++]?.[1];
    for (const text of step.op === 'packet' ? [inbound(step)] : call(step, answer)) lines.push(`${from} ${text}`);
    while (answers[next]?.[0] === '>') lines.push(`${from}~${to} ${outbound(answers[next++]!)}`);
  });
  return `${lines.join('\n')}\n`;
}
