/** What a packet script says, as values. Every node has the line that it stands in. Times are microseconds, as the language counts. */

/** When an event happens. `from` and `to` are offsets from the previous event where `relative`. */
export interface EventTime {
  readonly kind: 'at' | 'range' | 'any';
  readonly relative: boolean;
  readonly fromUs: number;
  readonly toUs: number;
}

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly line: number }
  | { readonly kind: 'string'; readonly value: string; readonly line: number }
  | { readonly kind: 'name'; readonly value: string; readonly line: number }
  | { readonly kind: 'ellipsis'; readonly line: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly line: number }
  | { readonly kind: 'or'; readonly parts: readonly Expression[]; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly line: number }
  | { readonly kind: 'struct'; readonly fields: readonly Field[]; readonly line: number };

export interface Field {
  /** Empty for a field given by position. */
  readonly name: string;
  readonly value: Expression;
}

export interface SystemCall {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  /** A blocking call's end, in the terms of the event's start; undefined for a call that returns at once. */
  readonly endUs: number | undefined;
  readonly result: Expression;
  readonly errno: string | undefined;
}

/** `ect01` is either of the two, of an expected packet. */
export type EcnMark = 'noecn' | 'ect0' | 'ect1' | 'ect01' | 'ce';

export interface IpInfo {
  readonly ecn?: EcnMark;
  readonly ttl?: number;
  readonly tos?: number;
  /** Of a packet that comes in, in place of the remote and the local address. */
  readonly src?: string;
  readonly dst?: string;
  /** IP options of a packet that comes in, as hexadecimal bytes. */
  readonly options?: string;
  /** A packet that comes in with a wrong checksum of the transport. */
  readonly badChecksum?: true;
}

export interface Ports {
  readonly from: number;
  readonly to: number;
}

export type TcpOption =
  | { readonly kind: 'mss'; readonly value: number }
  | { readonly kind: 'wscale'; readonly value: number }
  | { readonly kind: 'nop' | 'eol' | 'sackOK' }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [left: number, right: number])[] }
  | { readonly kind: 'TS'; readonly val: number; readonly ecr: number }
  /** Bytes as they are, hexadecimal, of a packet that comes in. */
  | { readonly kind: 'raw'; readonly hex: string };

interface PacketBase {
  readonly kind: 'packet';
  readonly inbound: boolean;
  readonly ip: IpInfo;
  readonly ports: Ports | undefined;
}

export interface TcpPacketSpec extends PacketBase {
  readonly protocol: 'tcp';
  /** Bits of `TCP_FLAG`. */
  readonly flags: number;
  readonly seq: number;
  readonly length: number;
  readonly ack: number | undefined;
  readonly window: number | undefined;
  readonly urgent: number | undefined;
  /** `any` is `<...>`; undefined where the list is missing. */
  readonly options: readonly TcpOption[] | 'any' | undefined;
}

export interface UdpPacketSpec extends PacketBase {
  readonly protocol: 'udp';
  readonly length: number;
}

export interface IcmpPacketSpec extends PacketBase {
  readonly protocol: 'icmp';
  readonly type: number;
  readonly code: number;
  readonly mtu: number | undefined;
  /** Of an echo. */
  readonly id: number | undefined;
  /** Sequence number of the quoted segment, length of the quoted datagram. */
  readonly quoted: { readonly udp: boolean; readonly seq: number; readonly length: number } | undefined;
}

export type PacketSpec = TcpPacketSpec | UdpPacketSpec | IcmpPacketSpec;

export interface Command {
  readonly kind: 'command';
  readonly text: string;
}

export interface Code {
  readonly kind: 'code';
  readonly text: string;
}

export interface ScriptEvent {
  readonly line: number;
  readonly time: EventTime;
  readonly action: SystemCall | PacketSpec | Command | Code;
}

export interface ScriptOption {
  readonly name: string;
  readonly value: string | undefined;
  readonly line: number;
}

export interface Script {
  readonly options: readonly ScriptOption[];
  readonly events: readonly ScriptEvent[];
}
