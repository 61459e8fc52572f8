/** The built-in labs by id, in the order of a course. Each loads when it is asked for. */
import type { LabDefinition } from '@netarium/core/check/lab.ts';

export type LabLoader = () => Promise<LabDefinition>;

export const catalogue: ReadonlyMap<string, LabLoader> = new Map<string, LabLoader>([
  ['osi-layers', () => import('../osi-layers/lab.ts').then((m) => m.default)],
  ['cable', () => import('../cable/lab.ts').then((m) => m.default)],
  ['switch-and-hub', () => import('../switch-and-hub/lab.ts').then((m) => m.default)],
  ['addresses', () => import('../addresses/lab.ts').then((m) => m.default)],
  ['arp', () => import('../arp/lab.ts').then((m) => m.default)],
  ['router', () => import('../router/lab.ts').then((m) => m.default)],
  ['traceroute', () => import('../traceroute/lab.ts').then((m) => m.default)],
  ['dhcp', () => import('../dhcp/lab.ts').then((m) => m.default)],
  ['hosts-file', () => import('../hosts-file/lab.ts').then((m) => m.default)],
  ['dns', () => import('../dns/lab.ts').then((m) => m.default)],
  ['ports', () => import('../ports/lab.ts').then((m) => m.default)],
  ['udp-echo', () => import('../udp-echo/lab.ts').then((m) => m.default)],
  ['broadcast-multicast', () => import('../broadcast-multicast/lab.ts').then((m) => m.default)],
  ['tcp-echo', () => import('../tcp-echo/lab.ts').then((m) => m.default)],
  ['socket-calls', () => import('../socket-calls/lab.ts').then((m) => m.default)],
  ['handshake', () => import('../handshake/lab.ts').then((m) => m.default)],
  ['tcp-flags', () => import('../tcp-flags/lab.ts').then((m) => m.default)],
  ['four-way-close', () => import('../four-way-close/lab.ts').then((m) => m.default)],
  ['causes-of-rst', () => import('../causes-of-rst/lab.ts').then((m) => m.default)],
  ['backlog', () => import('../backlog/lab.ts').then((m) => m.default)],
  ['syn-flood', () => import('../syn-flood/lab.ts').then((m) => m.default)],
  ['reliable-transfer', () => import('../reliable-transfer/lab.ts').then((m) => m.default)],
  ['one-lost-packet', () => import('../one-lost-packet/lab.ts').then((m) => m.default)],
  ['flow-control', () => import('../flow-control/lab.ts').then((m) => m.default)],
  ['cumulative-ack', () => import('../cumulative-ack/lab.ts').then((m) => m.default)],
  ['congestion', () => import('../congestion/lab.ts').then((m) => m.default)],
  ['segments-and-nagle', () => import('../segments-and-nagle/lab.ts').then((m) => m.default)],
  ['sticky-packets', () => import('../sticky-packets/lab.ts').then((m) => m.default)],
  ['tcp-versus-udp', () => import('../tcp-versus-udp/lab.ts').then((m) => m.default)],
  ['cpu-scheduling', () => import('../cpu-scheduling/lab.ts').then((m) => m.default)],
  ['visit-website', () => import('../visit-website/lab.ts').then((m) => m.default)],
]);
