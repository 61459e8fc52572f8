/** The classic pcap file format: read in both byte orders and both resolutions, written with microseconds as tcpdump does. */
const MAGIC_MICRO = 0xa1b2c3d4;
const MAGIC_NANO = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
export const LINKTYPE_ETHERNET = 1;
/** libpcap's own bound on a record: what is larger is a broken file. */
const MAX_RECORD_BYTES = 262_144;

export const SECOND_NS = 1_000_000_000;

export interface Timestamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export interface CapturedPacket {
  readonly time: Timestamp;
  readonly bytes: Uint8Array;
  /** Length on the wire; `bytes` may be cut to the snapshot length. */
  readonly wireLength: number;
}

export interface PcapFile {
  readonly linkType: number;
  readonly snapshotLength: number;
  readonly packets: readonly CapturedPacket[];
  /** What is wrong with the rest of the file; the packets before it are there. */
  readonly problem: string | undefined;
}

/** A text says why the file is no pcap file. */
export function readPcap(bytes: Uint8Array): PcapFile | string {
  if (bytes.length < FILE_HEADER_BYTES)
    return `truncated dump file; tried to read ${FILE_HEADER_BYTES} file header bytes, only got ${bytes.length}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = [MAGIC_MICRO, MAGIC_NANO].includes(view.getUint32(0, true));
  const magic = view.getUint32(0, little);
  if (magic !== MAGIC_MICRO && magic !== MAGIC_NANO) return 'unknown file format';
  const unit = magic === MAGIC_NANO ? 1 : 1000;
  const packets: CapturedPacket[] = [];
  let problem: string | undefined;
  let at = FILE_HEADER_BYTES;
  while (at < bytes.length) {
    if (bytes.length - at < RECORD_HEADER_BYTES) {
      problem = `truncated dump file; tried to read ${RECORD_HEADER_BYTES} header bytes, only got ${bytes.length - at}`;
      break;
    }
    const length = view.getUint32(at + 8, little);
    if (length > MAX_RECORD_BYTES) {
      problem = `invalid packet capture length ${length}, bigger than maximum of ${MAX_RECORD_BYTES}`;
      break;
    }
    const start = at + RECORD_HEADER_BYTES;
    if (bytes.length - start < length) {
      problem = `truncated dump file; tried to read ${length} captured bytes, only got ${bytes.length - start}`;
      break;
    }
    const time = { seconds: view.getUint32(at, little), nanoseconds: view.getUint32(at + 4, little) * unit };
    packets.push({ time, bytes: bytes.subarray(start, start + length), wireLength: view.getUint32(at + 12, little) });
    at = start + length;
  }
  return {
    linkType: view.getUint32(20, little) & 0xffff,
    snapshotLength: view.getUint32(16, little),
    packets,
    problem,
  };
}

export function pcapHeader(snapshotLength: number): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC_MICRO, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, snapshotLength, true);
  view.setUint32(20, LINKTYPE_ETHERNET, true);
  return bytes;
}

export function pcapRecord(packet: CapturedPacket): Uint8Array {
  const bytes = new Uint8Array(RECORD_HEADER_BYTES + packet.bytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, packet.time.seconds, true);
  view.setUint32(4, Math.floor(packet.time.nanoseconds / 1000), true);
  view.setUint32(8, packet.bytes.length, true);
  view.setUint32(12, packet.wireLength, true);
  bytes.set(packet.bytes, RECORD_HEADER_BYTES);
  return bytes;
}
