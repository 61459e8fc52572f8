/** A bulk transfer between the two hosts of a pipe, checked byte by byte. */
import { Errno } from '../../base/errno.ts';
import { Stream } from '../../random/random.ts';
import { MS, SECOND } from '../../time/instant.ts';
import { payloadOf } from '../../wire/payload.ts';
import { END_OF_STREAM } from '../tcp/api.ts';
import type { TcpConnection } from '../tcp/connection.ts';
import { Pipe, type Rule } from './pipe.ts';

const PORT = 80;

export interface Transfer {
  /** Bytes that arrived. */
  readonly received: number;
  /** They are what was sent, as far as they go. */
  readonly equal: boolean;
  readonly error: Errno | undefined;
  readonly ended: boolean;
  readonly pipe: Pipe;
  readonly sender: TcpConnection;
}

/** Sends `size` bytes from a to b as fast as both allow, and closes. */
export function transfer(pipe: Pipe, size: number, limitNs = 3600 * SECOND, onEnd = false): Transfer {
  const source = new Stream(7, 'bytes').bytes(size);
  const received = new Uint8Array(size + 1);
  let at = 0;
  let ended = false;
  let error: Errno | undefined;
  const listener = pipe.b.tcp.socket();
  listener.bind(pipe.b.address, PORT);
  listener.listen(5);
  const read = (c: TcpConnection): void => {
    for (;;) {
      const piece = c.receive(65_536);
      if (piece === undefined) return;
      if (piece === END_OF_STREAM) {
        ended = true;
        c.close();
        return;
      }
      if (piece instanceof Errno) {
        error = piece;
        return;
      }
      received.set(piece, at);
      at += piece.length;
    }
  };
  const quiet = { readable() {}, writable() {}, urgent() {}, stateChanged() {}, error() {} };
  listener.owner = {
    ...quiet,
    readable() {
      const child = listener.accept();
      if (child === undefined || child instanceof Errno) return;
      child.owner = { ...quiet, readable: () => read(child) };
      read(child);
    },
  };
  const sender = pipe.a.tcp.socket();
  const payload = payloadOf(source);
  let sent = 0;
  let shut = false;
  const write = (): void => {
    while (sent < size) {
      const taken = sender.send(payload.slice(sent, size));
      if (taken === undefined) return;
      if (taken instanceof Errno) {
        error = taken;
        return;
      }
      sent += taken;
    }
    if (shut) return;
    shut = true;
    sender.shut('write');
  };
  sender.owner = { ...quiet, writable: write, error: (reason) => (error = reason) };
  sender.connect(pipe.b.address, PORT);
  if (onEnd) while (!ended && error === undefined && pipe.clock.queue.step(limitNs));
  else pipe.drain(limitNs);
  let equal = true;
  for (let i = 0; i < at && equal; i++) equal = received[i] === source[i];
  return { received: at, equal, error, ended, pipe, sender };
}

export interface Trouble {
  readonly seed: number;
  readonly size: number;
  readonly lossPpm: number;
}

/** A transfer under loss, damage, duplication and reordering; every third seed without SACK, every fifth without time stamps, every second with Reno. */
export function troubledTransfer({ seed, size, lossPpm }: Trouble): Transfer {
  const random = new Stream(seed, 'faults');
  const rule: Rule = () => {
    if (random.chance(lossPpm)) return [];
    if (random.chance(5_000)) return 'corrupt';
    const late = random.chance(20_000) ? random.below(30 * MS) : 0;
    return random.chance(10_000) ? [late, random.below(20 * MS)] : [late];
  };
  const pipe = new Pipe({ delayNs: 10 * MS, bitsPerSecond: 50_000_000, rule, seed });
  const { sysctl } = pipe.a.tcp.context;
  if (seed % 3 === 0) sysctl.get('net.ipv4.tcp_sack')!.set('0');
  if (seed % 5 === 0) sysctl.get('net.ipv4.tcp_timestamps')!.set('0');
  if (seed % 2 === 0) sysctl.get('net.ipv4.tcp_congestion_control')!.set('reno');
  return transfer(pipe, size);
}
