/** The table of `ss`: columns as wide as their widest cell, addresses right-aligned up to the colon, ports left-aligned after it. */
import type { SocketInfo } from '@netarium/core/syscall/netlink.ts';
import type { Services } from '../../lib/services.ts';
import { internalsLine } from './internals.ts';

export interface TableOptions {
  readonly numeric: boolean;
  readonly processes: boolean;
  readonly timers: boolean;
  readonly internals: boolean;
  readonly netid: boolean;
  readonly state: boolean;
  readonly header: boolean;
  readonly services: Services;
  readonly deviceName: (ifindex: number) => string;
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** What stands before the cell, unless it is the first. */
  readonly gap: string;
  readonly shown: boolean;
}

const SECOND_NS = 1_000_000_000;
const MS_NS = 1_000_000;

/** `59sec`, `1min12sec`, `1.500ms` (a second and a half), `040ms`: ss's own short form, empty for nothing. */
export function formatTimer(ns: number): string {
  const seconds = Math.floor(ns / SECOND_NS);
  const minutes = Math.floor(seconds / 60);
  if (minutes > 0) return `${minutes}min${minutes <= 9 && seconds % 60 > 0 ? `${seconds % 60}sec` : ''}`;
  const ms = String(Math.floor((ns % SECOND_NS) / MS_NS)).padStart(3, '0');
  if (seconds > 9 || (seconds > 0 && ms === '000')) return `${seconds}sec`;
  if (ms === '000') return '';
  return seconds > 0 ? `${seconds}.${ms}ms` : `${ms}ms`;
}

function timerText(socket: SocketInfo): string {
  if (!socket.timer) return '';
  const { kind, expiresNs, retransmits } = socket.timer;
  return ` timer:(${kind},${formatTimer(expiresNs)},${retransmits})`;
}

function usersText(socket: SocketInfo): string {
  if (socket.owners.length === 0) return '';
  return ` users:(${socket.owners.map(({ name, pid, fd }) => `("${name}",pid=${pid},fd=${fd})`).join(',')})`;
}

function portText(socket: SocketInfo, port: number, options: TableOptions): string {
  if (socket.protocol === 'raw' || socket.protocol === 'icmp')
    return options.numeric ? String(port) : port === 1 ? 'icmp' : String(port);
  if (port === 0) return '*';
  return options.numeric ? String(port) : (options.services.name(port, socket.protocol) ?? String(port));
}

function cells(socket: SocketInfo, options: TableOptions): string[] {
  const { local, peer } = socket;
  const device = local.ifindex === undefined || local.ifindex === 0 ? '' : `%${options.deviceName(local.ifindex)}`;
  // A raw socket's place of the port holds its protocol, here always ICMP (ss(8)).
  const raw = socket.protocol === 'raw';
  return [
    socket.protocol,
    socket.state,
    // Six wide with and without the header line, as ss prints them.
    String(socket.receiveQueue).padEnd(6),
    String(socket.sendQueue).padEnd(6),
    `${local.address}${device}:`,
    portText(socket, raw ? 1 : local.port, options),
    `${peer.address}:`,
    raw ? '*' : portText(socket, peer.port, options),
    `${options.timers ? timerText(socket) : ''}${options.processes ? usersText(socket) : ''}`,
  ];
}

export function formatTable(sockets: readonly SocketInfo[], options: TableOptions): string {
  const columns: readonly Column[] = [
    { title: 'Netid', align: 'left', gap: '', shown: options.netid },
    { title: 'State', align: 'left', gap: ' ', shown: options.state },
    { title: 'Recv-Q', align: 'left', gap: ' ', shown: true },
    { title: 'Send-Q', align: 'left', gap: ' ', shown: true },
    { title: 'Local Address:', align: 'right', gap: ' ', shown: true },
    { title: 'Port', align: 'left', gap: '', shown: true },
    { title: 'Peer Address:', align: 'right', gap: ' ', shown: true },
    { title: 'Port', align: 'left', gap: '', shown: true },
    { title: 'Process', align: 'left', gap: '', shown: true },
  ];
  const rows = sockets.map((socket) => cells(socket, options));
  const all = options.header ? [columns.map((column) => column.title), ...rows] : rows;
  const widths = columns.map((_, i) => all.reduce((width, row) => Math.max(width, row[i]!.length), 0));
  const line = (row: readonly string[]) => {
    let text = '';
    columns.forEach((column, i) => {
      if (!column.shown) return;
      const cell = column.align === 'left' ? row[i]!.padEnd(widths[i]!) : row[i]!.padStart(widths[i]!);
      text += (text === '' ? '' : column.gap) + cell;
    });
    return `${text}\n`;
  };
  const head = options.header ? line(all[0]!) : '';
  return (
    head +
    rows.map((row, i) => line(row) + (options.internals ? internalsLine(sockets[i]!, options.numeric) : '')).join('')
  );
}

/** `ss -s` */
export function formatSummary(sockets: readonly SocketInfo[]): string {
  const count = (test: (socket: SocketInfo) => boolean) => sockets.filter(test).length;
  const tcp = count(({ protocol }) => protocol === 'tcp');
  const inState = (state: string) => count((socket) => socket.protocol === 'tcp' && socket.state === state);
  const timeWait = inState('TIME-WAIT');
  const orphaned = count(
    (s) => s.protocol === 'tcp' && s.owners.length === 0 && s.state !== 'TIME-WAIT' && s.state !== 'SYN-RECV',
  );
  const udp = count(({ protocol }) => protocol === 'udp');
  const raw = count(({ protocol }) => protocol === 'raw' || protocol === 'icmp');
  const row = (name: string, n: number) =>
    `${name}\t  ${String(n).padEnd(9)} ${String(n).padEnd(9)} ${String(0).padEnd(9)}\n`;
  return (
    `Total: ${sockets.length - timeWait}\n` +
    `TCP:   ${tcp} (estab ${inState('ESTAB')}, closed ${timeWait}, orphaned ${orphaned}, timewait ${timeWait})\n\n` +
    `Transport Total     IP        IPv6\n${row('RAW', raw)}${row('UDP', udp)}${row('TCP', tcp - timeWait)}` +
    `${row('INET', raw + udp + tcp - timeWait)}${row('FRAG', 0)}\n`
  );
}
