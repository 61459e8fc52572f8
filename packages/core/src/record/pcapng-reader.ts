/**
 * Reads pcapng files, ours and others': both byte orders, several sections and interfaces, enhanced and simple packet blocks; unknown
 * blocks and options are skipped, as the format asks. Never throws: a block that cannot be right ends the reading with a `problem`
 * that says where, and what was read before it stays.
 */
import { decodeUtf8 } from '../base/utf8.ts';
import { BYTE_ORDER_MAGIC, DIRECTION, type Direction, PCAPNG_BLOCK, PCAPNG_OPTION } from './pcapng.ts';

export interface ReadInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Units per second of the time stamps. */
  readonly unitsPerSecond: bigint;
}

export interface ReadPacket {
  /** Index into `interfaces`. */
  readonly device: number;
  /** Nanoseconds since 1970; zero for simple packet blocks, which carry no time. */
  readonly timeNs: bigint;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly direction: Direction | undefined;
  readonly comments: readonly string[];
}

export interface PcapngFile {
  readonly application: string | undefined;
  readonly interfaces: readonly ReadInterface[];
  readonly packets: readonly ReadPacket[];
  readonly problem: string | undefined;
}

export function readPcapng(bytes: Uint8Array): PcapngFile {
  const reader = new Reader(bytes);
  while (reader.block());
  return reader;
}

interface Option {
  readonly code: number;
  readonly start: number;
  readonly end: number;
}

class Reader implements PcapngFile {
  application: string | undefined;
  readonly interfaces: ReadInterface[] = [];
  readonly packets: ReadPacket[] = [];
  problem: string | undefined;
  private readonly view: DataView;
  private at = 0;
  private little = true;
  /** Interface ids count from the section's start. */
  private sectionBase = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 28 || this.view.getUint32(0, true) !== PCAPNG_BLOCK.section) this.problem = 'not a pcapng file';
  }

  /** Reads one block; false at the end and at a block that cannot be right. */
  block(): boolean {
    if (this.problem !== undefined || this.at === this.bytes.length) return false;
    const start = this.at;
    if (this.bytes.length - start < 12) return this.stop('a cut block');
    // The section type reads the same in both orders; the magic behind it tells which one the section uses.
    if (this.view.getUint32(start, true) === PCAPNG_BLOCK.section && !this.order(start)) return false;
    const length = this.u32(start + 4);
    if (length < 12 || length % 4 !== 0 || length > this.bytes.length - start) return this.stop('a bad block length');
    if (this.u32(start + length - 4) !== length) return this.stop('two block lengths that differ');
    this.at = start + length;
    return this.content(this.u32(start), start + 8, start + length - 4);
  }

  private order(start: number): boolean {
    if (this.bytes.length - start < 28) return this.stop('a cut section header');
    this.little = this.view.getUint32(start + 8, true) === BYTE_ORDER_MAGIC;
    if (!this.little && this.view.getUint32(start + 8) !== BYTE_ORDER_MAGIC) return this.stop('a bad byte-order magic');
    return true;
  }

  private content(type: number, start: number, end: number): boolean {
    if (type === PCAPNG_BLOCK.section) return this.section(start, end);
    if (type === PCAPNG_BLOCK.interface) return this.device(start, end);
    if (type === PCAPNG_BLOCK.packet) return this.packet(start, end);
    if (type === PCAPNG_BLOCK.simple) return this.simple(start, end);
    return true;
  }

  private section(start: number, end: number): boolean {
    this.sectionBase = this.interfaces.length;
    for (const { code, start: from, end: to } of this.options(start + 16, end)) {
      if (code === PCAPNG_OPTION.application) this.application = decodeUtf8(this.bytes, from, to);
    }
    return this.u16(start + 4) === 1 ? true : this.stop('a version that is not 1');
  }

  private device(start: number, end: number): boolean {
    if (end - start < 8) return this.stop('a cut interface description');
    let name: string | undefined;
    let description: string | undefined;
    let unitsPerSecond = 1_000_000n;
    for (const { code, start: from, end: to } of this.options(start + 8, end)) {
      if (code === PCAPNG_OPTION.interfaceName) name = decodeUtf8(this.bytes, from, to);
      if (code === PCAPNG_OPTION.interfaceDescription) description = decodeUtf8(this.bytes, from, to);
      if (code === PCAPNG_OPTION.timestampResolution && to > from) unitsPerSecond = resolution(this.bytes[from]!);
    }
    this.interfaces.push({
      linkType: this.u16(start),
      snapLength: this.u32(start + 4),
      name,
      description,
      unitsPerSecond,
    });
    return true;
  }

  private packet(start: number, end: number): boolean {
    if (end - start < 20) return this.stop('a cut packet block');
    const device = this.sectionBase + this.u32(start);
    const captured = this.u32(start + 12);
    const from = start + 20;
    if (device >= this.interfaces.length) return this.stop('a packet of an interface that was not described');
    if (captured > end - from) return this.stop('a packet longer than its block');
    const units = (BigInt(this.u32(start + 4)) << 32n) | BigInt(this.u32(start + 8));
    let direction: Direction | undefined;
    const comments: string[] = [];
    for (const { code, start: at, end: to } of this.options(from + ((captured + 3) & ~3), end)) {
      if (code === PCAPNG_OPTION.comment) comments.push(decodeUtf8(this.bytes, at, to));
      if (code === PCAPNG_OPTION.packetFlags && to - at === 4) direction = directionOf(this.u32(at));
    }
    this.packets.push({
      device,
      timeNs: (units * 1_000_000_000n) / this.interfaces[device]!.unitsPerSecond,
      bytes: this.bytes.subarray(from, from + captured),
      originalLength: this.u32(start + 16),
      direction,
      comments,
    });
    return true;
  }

  private simple(start: number, end: number): boolean {
    const device = this.interfaces[this.sectionBase];
    if (end - start < 4 || device === undefined) return this.stop('a simple packet without room or interface');
    const originalLength = this.u32(start);
    const snap = device.snapLength === 0 ? originalLength : Math.min(originalLength, device.snapLength);
    const bytes = this.bytes.subarray(start + 4, start + 4 + Math.min(snap, end - start - 4));
    this.packets.push({
      device: this.sectionBase,
      timeNs: 0n,
      bytes,
      originalLength,
      direction: undefined,
      comments: [],
    });
    return true;
  }

  /** Option lists that do not add up end early; the block's own content is still good. */
  private options(at: number, end: number): Option[] {
    const found: Option[] = [];
    while (end - at >= 4) {
      const code = this.u16(at);
      const length = this.u16(at + 2);
      if (code === PCAPNG_OPTION.end || length > end - at - 4) break;
      found.push({ code, start: at + 4, end: at + 4 + length });
      at += 4 + ((length + 3) & ~3);
    }
    return found;
  }

  private stop(what: string): false {
    this.problem = `${what} at byte ${this.at}`;
    return false;
  }

  private u16(at: number): number {
    return this.view.getUint16(at, this.little);
  }

  private u32(at: number): number {
    return this.view.getUint32(at, this.little);
  }
}

/** if_tsresol: a negative power of ten, or of two where the top bit is set. */
function resolution(value: number): bigint {
  const exponent = BigInt(value & 0x7f);
  let units = 1n;
  const base = (value & 0x80) === 0 ? 10n : 2n;
  for (let i = 0n; i < exponent; i++) units *= base;
  return units;
}

function directionOf(flags: number): Direction | undefined {
  if ((flags & 3) === DIRECTION.inbound) return 'inbound';
  return (flags & 3) === DIRECTION.outbound ? 'outbound' : undefined;
}
