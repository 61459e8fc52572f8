/**
 * Writes captures as pcapng (draft-ietf-opsawg-pcapng): one section, an interface with its name (or several), nanosecond time stamps, and
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

/** Of an enhanced packet block: type, length, interface, time stamp in two words, captured and original length. */
const PACKET_HEADER_BYTES = 28;
const NO_COMMENTS: readonly string[] = [];

export interface PacketNotes {
  readonly direction?: Direction;
  readonly comments?: readonly string[];
}

export class PcapngWriter {
  /** Where `begin` says, a frame may be written in place. */
  readonly bytes: Uint8Array;
  /** The same in machine words, for whoever sums. */
  readonly words: Int32Array;
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
    this.words = new Int32Array(this.bytes.buffer, 0, this.bytes.length >> 2);
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

  /**
   * Opens a frame's block: its bytes, as far as they were `kept` and the snap length allows, are to be written to `bytes` from the answer on; then comes
   * `end`. `device` counts the interfaces.
   */
  begin(atNs: number, length: number, device = 0, kept = length): number {
    assert(Number.isSafeInteger(atNs) && atNs >= 0, 'an instant is a safe integer');
    const captured = Math.min(kept, this.snapLength);
    // 64-bit nanoseconds since 1970 in two words, without leaving the safe integers.
    const high = Math.floor(atNs / 0x1_0000_0000);
    const low = this.baseLow + (atNs - high * 0x1_0000_0000);
    const { view, at } = this;
    view.setUint32(at, PCAPNG_BLOCK.packet, true);
    view.setUint32(at + 8, device, true);
    view.setUint32(at + 12, this.baseHigh + high + (low > 0xffff_ffff ? 1 : 0), true);
    view.setUint32(at + 16, low >>> 0, true);
    view.setUint32(at + 20, captured, true);
    view.setUint32(at + 24, length, true);
    this.block = at;
    this.at = at + PACKET_HEADER_BYTES;
    this.skip(captured);
    return at + PACKET_HEADER_BYTES;
  }

  end(direction?: Direction, comments: readonly string[] = NO_COMMENTS): void {
    if (direction !== undefined) {
      const { view, at } = this;
      view.setUint16(at, PCAPNG_OPTION.packetFlags, true);
      view.setUint16(at + 2, 4, true);
      view.setUint32(at + 4, direction === 'inbound' ? DIRECTION.inbound : DIRECTION.outbound, true);
      this.at = at + 8;
    }
    for (let i = 0; i < comments.length; i++) this.comment(comments[i]!);
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

  /** One more interface of the same clock: the next number. */
  interfaceDescription(device: Pick<CaptureInterface, 'name' | 'description'>): void {
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

  private open(type: number): number {
    const start = this.at;
    this.u32(type);
    this.u32(0);
    return start;
  }

  private close(start: number, options: boolean): void {
    if (options) this.u32(PCAPNG_OPTION.end);
    const { view, at } = this;
    const length = at - start + 4;
    view.setUint32(at, length, true);
    view.setUint32(start + 4, length, true);
    this.at = at + 4;
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
