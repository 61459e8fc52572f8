/**
 * Writes captures as pcapng (draft-ietf-opsawg-pcapng): one section, one interface per file with its name, nanosecond time stamps, and
 * an enhanced packet block per frame with its direction and comments. Bytes leave through a sink in chunks, so memory stays bounded;
 * a chunk's memory is used again, which is a quarter of the cost of a full capture.
 * Left out: name resolution, statistics and decryption blocks.
 */
import { assert } from '../base/assert.ts';
import { encodeUtf8 } from '../base/utf8.ts';

export const PCAPNG_BLOCK = { section: 0x0a0d_0d0a, interface: 1, simple: 3, packet: 6 } as const;
export const PCAPNG_OPTION = {
  end: 0,
  comment: 1,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  timestampResolution: 9,
  packetFlags: 2,
} as const;
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
export const LINKTYPE_ETHERNET = 1;
export const SNAPLEN = 262_144;

/** epb_flags, bits 0 and 1. */
export const DIRECTION = { inbound: 1, outbound: 2 } as const;
export type Direction = keyof typeof DIRECTION;

export interface CaptureInterface {
  /** As `tshark` shows it in frame.interface_name: `web.eth0`. */
  readonly name: string;
  readonly description?: string;
  /** Wall clock at instant 0 of the world. */
  readonly epochSeconds: number;
  readonly epochNs?: number;
}

export interface PacketNotes {
  readonly direction?: Direction;
  readonly comments?: readonly string[];
}

export class PcapngWriter {
  /** Where `begin` says, a frame may be written in place. */
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly baseHigh: number;
  private readonly baseLow: number;
  private at = 0;
  /** Start of the block that `begin` opened. */
  private block = 0;

  /** What `sink` gets is valid during the call: a sink that keeps it copies it. */
  constructor(
    device: CaptureInterface,
    private readonly sink: (chunk: Uint8Array) => void,
    chunkBytes = 65_536,
    /** Bytes kept of each frame at most. */
    private readonly snapLength = SNAPLEN,
  ) {
    // A snaplen's worth of packet and its options always fit into an empty chunk.
    this.bytes = new Uint8Array(chunkBytes + SNAPLEN + 1024);
    this.view = new DataView(this.bytes.buffer);
    this.limit = chunkBytes;
    const base = BigInt(device.epochSeconds) * 1_000_000_000n + BigInt(device.epochNs ?? 0);
    this.baseHigh = Number(base >> 32n);
    this.baseLow = Number(base & 0xffff_ffffn);
    this.sectionHeader();
    this.interfaceDescription(device);
  }

  private readonly limit: number;

  /** Appends one frame. `atNs` is the instant in the world; bytes past the snap length are cut and the original length kept. */
  packet(atNs: number, frame: Uint8Array, notes?: PacketNotes): void {
    const at = this.begin(atNs, frame.length);
    this.bytes.set(frame.length > this.snapLength ? frame.subarray(0, this.snapLength) : frame, at);
    this.end(notes?.direction, notes?.comments);
  }

  /** Opens a frame's block: its bytes, as far as the snap length, are to be written to `bytes` from the answer on; then comes `end`. */
  begin(atNs: number, length: number): number {
    const captured = Math.min(length, this.snapLength);
    this.block = this.open(PCAPNG_BLOCK.packet);
    this.u32(0);
    this.timestamp(atNs);
    this.u32(captured);
    this.u32(length);
    const start = this.at;
    this.skip(captured);
    return start;
  }

  end(direction?: Direction, comments: readonly string[] = []): void {
    if (direction !== undefined) {
      this.optionHeader(PCAPNG_OPTION.packetFlags, 4);
      this.u32(DIRECTION[direction]);
    }
    for (const comment of comments) this.comment(comment);
    this.close(this.block, direction !== undefined || comments.length > 0);
    if (this.at >= this.limit) this.flush();
  }

  /** Hands what is buffered to the sink; call it at the end. */
  flush(): void {
    if (this.at === 0) return;
    this.sink(this.bytes.subarray(0, this.at));
    this.at = 0;
  }

  private sectionHeader(): void {
    const start = this.open(PCAPNG_BLOCK.section);
    this.u32(BYTE_ORDER_MAGIC);
    // Version 1.0; section length unknown (-1), as for any file written as it goes.
    this.u16(1);
    this.u16(0);
    this.u32(0xffff_ffff);
    this.u32(0xffff_ffff);
    this.text(PCAPNG_OPTION.application, 'Netarium');
    this.close(start, true);
  }

  private interfaceDescription(device: CaptureInterface): void {
    const start = this.open(PCAPNG_BLOCK.interface);
    this.u16(LINKTYPE_ETHERNET);
    this.u16(0);
    this.u32(this.snapLength);
    this.text(PCAPNG_OPTION.interfaceName, device.name);
    if (device.description !== undefined) this.text(PCAPNG_OPTION.interfaceDescription, device.description);
    this.optionHeader(PCAPNG_OPTION.timestampResolution, 1);
    this.padded(Uint8Array.of(9));
    this.close(start, true);
  }

  /** 64-bit nanoseconds since 1970 in two words, without leaving the safe integers. */
  private timestamp(atNs: number): void {
    assert(Number.isSafeInteger(atNs) && atNs >= 0, 'an instant is a safe integer');
    const high = Math.floor(atNs / 0x1_0000_0000);
    const low = this.baseLow + (atNs - high * 0x1_0000_0000);
    const carry = low > 0xffff_ffff ? 1 : 0;
    this.u32(this.baseHigh + high + carry);
    this.u32(low >>> 0);
  }

  private open(type: number): number {
    const start = this.at;
    this.u32(type);
    this.u32(0);
    return start;
  }

  private close(start: number, options: boolean): void {
    if (options) this.u32(PCAPNG_OPTION.end);
    const length = this.at - start + 4;
    this.u32(length);
    this.view.setUint32(start + 4, length, true);
  }

  private optionHeader(code: number, length: number): void {
    this.u16(code);
    this.u16(length);
  }

  private text(code: number, text: string): void {
    const bytes = encodeUtf8(text);
    this.optionHeader(code, bytes.length);
    this.padded(bytes);
  }

  /** A packet's comments share the room that one chunk keeps free; what does not fit is cut with an ellipsis. */
  private comment(text: string): void {
    const left = this.bytes.length - this.at - 64;
    const bytes = encodeUtf8(text);
    if (bytes.length <= left && bytes.length <= 0xffff) this.text(PCAPNG_OPTION.comment, text);
    else if (left > 200) this.text(PCAPNG_OPTION.comment, `${text.slice(0, 40)}…`);
  }

  private padded(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.skip(bytes.length);
  }

  /** Goes past so many bytes, and zeros up to a multiple of four. */
  private skip(length: number): void {
    const end = this.at + length;
    this.at = (end + 3) & ~3;
    for (let i = end; i < this.at; i++) this.bytes[i] = 0;
  }

  private u16(value: number): void {
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  private u32(value: number): void {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }
}
