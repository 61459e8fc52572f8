import fc from 'fast-check';
import { expect, test } from 'vitest';
import { httpFrames, lowerLayerFrames } from '../../../../test/tshark/samples.ts';
import { parseIpv4, parseMac } from '../base/address.ts';
import { decodeFrame, encodeFrame } from '../wire/codec.ts';
import type { TcpContext } from '../wire/dissector.ts';
import { Frame, Ipv4Packet, PacketId, TCP_FLAG, type TcpOptions, TcpSegment } from '../wire/packet.ts';
import { payloadOf } from '../wire/payload.ts';
import { dissect } from '../wire/tree.ts';
import { TcpAnalysis } from './analysis.ts';

/** Random conversations are compared with tshark in test/tshark; these are the textbook ones. */
const { syn: SYN, ack: ACK, fin: FIN } = TCP_FLAG;
const MS = 1_000_000;
const client = { ip: parseIpv4('10.0.1.2')!, mac: parseMac('02:00:00:00:00:01')!, port: 40_000, isn: 0xffff_fff0 };
const server = { ip: parseIpv4('10.0.2.2')!, mac: parseMac('02:00:00:00:00:02')!, port: 9999, isn: 5000 };

interface Line {
  readonly from: 'client' | 'server';
  readonly flags?: number;
  /** Relative, as Wireshark shows them. */
  readonly seq: number;
  readonly ack?: number;
  readonly length?: number;
  readonly window?: number;
  readonly atMs: number;
  readonly options?: TcpOptions;
}

function frameOf(line: Line): Frame {
  const [from, to] = line.from === 'client' ? [client, server] : [server, client];
  const flags = line.flags ?? ACK;
  const ack = (flags & ACK) === 0 ? 0 : (to.isn + (line.ack ?? 1)) >>> 0;
  const seq = (from.isn + line.seq) >>> 0;
  const tcp = new TcpSegment(
    from.port,
    to.port,
    seq,
    ack,
    flags,
    line.window ?? 500,
    0,
    -1,
    0,
    line.options,
    payloadOf(new Uint8Array(line.length ?? 0)),
  );
  const packet = Ipv4Packet.of({
    ident: new PacketId(1),
    src: from.ip,
    dst: to.ip,
    protocol: 6,
    ttl: 64,
    payload: tcp,
  });
  return new Frame(to.mac, from.mac, 0x0800, packet);
}

const HANDSHAKE: readonly Line[] = [
  { from: 'client', flags: SYN, seq: 0, atMs: 0, options: { windowScale: 7 } },
  { from: 'server', flags: SYN | ACK, seq: 0, ack: 1, atMs: 10, options: { windowScale: 7 } },
  { from: 'client', seq: 1, atMs: 20 },
];

function analyse(lines: readonly Line[]): TcpContext[] {
  const analysis = new TcpAnalysis();
  return [...HANDSHAKE, ...lines]
    .map((line, i) => analysis.packet(frameOf(line), i + 1, line.atMs * MS)!)
    .slice(HANDSHAKE.length);
}

const findings = (lines: readonly Line[]) => analyse(lines).map((context) => context.findings.join(' '));

test('an orderly exchange has numbers and no findings', () => {
  const [data, ack] = analyse([
    { from: 'client', seq: 1, length: 100, atMs: 30 },
    { from: 'server', seq: 1, ack: 101, atMs: 45 },
  ]);
  expect(data).toMatchObject({ stream: 0, findings: [], bytesInFlight: 100, windowShift: 7, initialRttNs: 20 * MS });
  expect(ack).toMatchObject({ acksFrame: 4, ackRttNs: 15 * MS, findings: [] });
});

test('three duplicate ACKs and the fast retransmission that they bring', () => {
  expect(
    findings([
      { from: 'client', seq: 1, length: 100, atMs: 30 },
      { from: 'client', seq: 101, length: 100, atMs: 30 },
      { from: 'client', seq: 201, length: 100, atMs: 30 },
      { from: 'server', seq: 1, ack: 101, atMs: 40 },
      { from: 'server', seq: 1, ack: 101, atMs: 41 },
      { from: 'server', seq: 1, ack: 101, atMs: 42 },
      { from: 'client', seq: 101, length: 100, atMs: 45 },
    ]),
  ).toEqual(['', '', '', '', 'duplicate_ack', 'duplicate_ack', 'fast_retransmission']);
});

test('a timeout is a retransmission with its RTO', () => {
  const [, again] = analyse([
    { from: 'client', seq: 1, length: 100, atMs: 30 },
    { from: 'client', seq: 1, length: 100, atMs: 250 },
  ]);
  expect(again).toMatchObject({ findings: ['retransmission'], rtoNs: 220 * MS, rtoFrame: 4 });
});

test('a hole, what fills it soon, and what was acknowledged already', () => {
  expect(
    findings([
      { from: 'client', seq: 101, length: 100, atMs: 30 },
      { from: 'client', seq: 1, length: 100, atMs: 31 },
      { from: 'server', seq: 1, ack: 201, atMs: 40 },
      { from: 'client', seq: 101, length: 100, atMs: 300 },
    ]),
  ).toEqual(['lost_segment', 'out_of_order', '', 'spurious_retransmission']);
});

test('a closed window, its probe, and the update that opens it', () => {
  expect(
    findings([
      { from: 'client', seq: 1, length: 100, atMs: 30 },
      { from: 'server', seq: 1, ack: 101, window: 0, atMs: 40 },
      { from: 'client', seq: 101, length: 1, atMs: 240 },
      { from: 'server', seq: 1, ack: 101, window: 0, atMs: 250 },
      { from: 'server', seq: 1, ack: 101, window: 500, atMs: 300 },
    ]),
  ).toEqual(['', 'zero_window', 'zero_window_probe', 'zero_window zero_window_probe_ack', 'window_update']);
});

test('filling the window to its edge, scaled', () => {
  expect(
    findings([
      { from: 'server', seq: 1, window: 1, atMs: 30 },
      { from: 'client', seq: 1, length: 128, atMs: 31 },
    ]),
  ).toEqual(['window_update', 'window_full']);
});

test('keep-alives and their answers', () => {
  expect(
    findings([
      { from: 'server', seq: 1, window: 500, atMs: 30 },
      { from: 'client', seq: 0, atMs: 7000 },
      { from: 'server', seq: 1, window: 500, atMs: 7010 },
    ]),
  ).toEqual(['duplicate_ack', 'keep_alive', 'keep_alive_ack']);
});

test('ports that are used again make a new stream', () => {
  const analysis = new TcpAnalysis();
  const again = { ...HANDSHAKE[0]!, seq: 77, atMs: 9000 };
  const lines = [...HANDSHAKE, { from: 'client', flags: FIN | ACK, seq: 1, atMs: 30 } as const, again];
  const contexts = lines.map((line, i) => analysis.packet(frameOf(line), i + 1, line.atMs * MS)!);
  expect(contexts.map((context) => context.stream)).toEqual([0, 0, 0, 0, 1]);
  expect(contexts.at(-1)!.findings).toEqual(['reused_ports']);
});

test('a segment with a wrong checksum is analysed too, one that is no TCP is not', () => {
  const analysis = new TcpAnalysis();
  const bytes = encodeFrame(frameOf({ from: 'client', seq: 1, length: 10, atMs: 0 }));
  bytes[bytes.length - 1]! ^= 1;
  expect(analysis.packet(decodeFrame(bytes, new PacketId(1)), 1, 0)).toMatchObject({ stream: 0 });
  expect(analysis.packet(decodeFrame(bytes.slice(0, 40), new PacketId(1)), 2, 0)).toBeUndefined();
});

test('the tree shows what analysis found', () => {
  const analysis = new TcpAnalysis();
  let info = '';
  for (const [i, line] of [...HANDSHAKE, { from: 'client', seq: 1, atMs: 30 } as const].entries()) {
    const frame = frameOf(line);
    info = dissect(frame, { tcp: analysis.packet(frame, i + 1, line.atMs * MS)! }).info;
  }
  expect(info).toBe('[TCP Dup ACK 3#1] 40000 → 9999 [ACK] Seq=1 Ack=1 Win=64000 Len=0');
});

test('bytes are analysed as their frames are, damaged ones too', () => {
  const frame = fc.constantFrom(...[...lowerLayerFrames(), ...httpFrames()].map((each) => encodeFrame(each)));
  const change = fc.tuple(fc.nat(70), fc.nat(255));
  fc.assert(
    fc.property(fc.array(fc.tuple(frame, fc.array(change, { maxLength: 2 })), { maxLength: 12 }), (captured) => {
      const [frames, bytes] = [new TcpAnalysis(), new TcpAnalysis()];
      for (const [i, [whole, changes]] of captured.entries()) {
        const seen = whole.slice();
        for (const [at, byte] of changes) if (at < seen.length) seen[at] = byte;
        expect(bytes.bytes(seen, i + 1, i)).toEqual(frames.packet(decodeFrame(seen, new PacketId(1)), i + 1, i));
      }
    }),
  );
});
