/**
 * Frames in a few words, from their bytes alone and without our codec: `out TCP S mss=1460`, `in ICMP 3/4 ttl=64`. Bare acknowledgements are left
 * out: when they are sent is a matter of timers and of the other arm's speed.
 */

const FLAGS = ['F', 'S', 'R', 'P', 'A', 'U'] as const;

export function describeFrame(direction: 'in' | 'out', bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(12) !== 0x0800) return undefined;
  const transport = 14 + (bytes[14]! & 15) * 4;
  const end = 14 + view.getUint16(16);
  const ttl = `ttl=${bytes[22]}`;
  switch (bytes[23]) {
    case 1:
      return `${direction} ICMP ${bytes[transport]}/${bytes[transport + 1]} ${ttl}`;
    case 17:
      return `${direction} UDP ${end - transport - 8} ${ttl}`;
    case 6:
      return describeSegment(direction, view, transport, end, ttl);
    default:
      return `${direction} protocol ${bytes[23]}`;
  }
}

function describeSegment(direction: string, view: DataView, at: number, end: number, ttl: string): string | undefined {
  const header = (view.getUint8(at + 12) >> 4) * 4;
  const bits = view.getUint8(at + 13);
  const length = end - at - header;
  const flags = FLAGS.filter((_, bit) => (bits & (1 << bit)) !== 0).join('');
  if (flags === 'A' && length === 0) return undefined;
  if ((bits & 2) !== 0) return `${direction} TCP ${flags} ${optionsOf(view, at + 20, at + header)} ${ttl}`;
  return `${direction} TCP ${flags} ${length} ${ttl}`;
}

/** The kinds of a SYN's options in their order, with the segment size and the window's scale. */
function optionsOf(view: DataView, from: number, to: number): string {
  const words: string[] = [];
  for (let at = from; at < to && view.getUint8(at) !== 0; ) {
    const kind = view.getUint8(at);
    if (kind === 1) words.push('nop');
    else if (kind === 2) words.push(`mss=${view.getUint16(at + 2)}`);
    else words.push(kind === 3 ? 'wscale' : kind === 4 ? 'sackOK' : kind === 8 ? 'ts' : `kind ${kind}`);
    at += kind === 1 ? 1 : view.getUint8(at + 1);
  }
  return words.join();
}

/** The frames of a classic pcap file (tcpdump -w), microseconds or nanoseconds, in this machine's byte order. */
export function* pcapFrames(file: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 24; at + 16 <= file.length; ) {
    const length = view.getUint32(at + 8, true);
    yield file.subarray(at + 16, at + 16 + length);
    at += 16 + length;
  }
}
