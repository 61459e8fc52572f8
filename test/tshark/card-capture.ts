/** The first frames of a lab's card, what tells whose conversations they belong to and which were damaged on the way; and capture files of them. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { mentionedEnds } from '@netarium/core/check/segment-view.ts';
import type { NetworkCard } from '@netarium/core/link/card.ts';
import { type Direction, PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import type { Frame, RawProblem } from '@netarium/core/wire/packet.ts';

/** Within a day of the clocks inside the worlds, so that tshark takes ping's time stamps for what they are. */
const EPOCH_SECONDS = 1_767_225_600;
/** Frames of a card that are kept; tshark's answer about one takes hundreds of lines. Fewer where all tests have a quarter of an hour. */
const FRAMES_MAX = process.env.CI === undefined ? 4000 : 300;

interface CapturedFrame {
  readonly ns: number;
  readonly bytes: Uint8Array;
  readonly direction: Direction;
  /** It came in with a header or checksum that is wrong: only a fault rule makes those. */
  readonly damaged: boolean;
}

export class CardCapture {
  readonly name: string;
  readonly frames: CapturedFrame[] = [];
  /** Pairs of addresses, and of ports, that a frame went between or that an ICMP message tells of. */
  readonly conversations = new Set<string>();

  constructor(
    readonly lab: string,
    card: NetworkCard,
  ) {
    this.name = card.fullName;
    card.addTap({
      frame: (_at, frame, direction, ns) => {
        if (this.frames.length === FRAMES_MAX) return;
        for (const key of conversationsOf(frame)) this.conversations.add(key);
        this.frames.push({
          ns,
          bytes: encodeFrame(frame),
          direction: direction === 'in' ? 'inbound' : 'outbound',
          damaged: direction === 'in' && problemOf(frame) !== undefined,
        });
      },
    });
  }
}

/** One capture file of several cards, an interface each: the frames of one after those of the other. */
export function fileOf(cards: readonly CardCapture[]): Uint8Array {
  const chunks: Uint8Array[] = [];
  const [first, ...others] = cards.map(({ name }) => ({ name, epochSeconds: EPOCH_SECONDS }));
  const writer = new PcapngWriter(first!, (chunk) => chunks.push(chunk.slice()));
  for (const other of others) writer.interfaceDescription(other);
  for (const [device, { frames }] of cards.entries()) {
    for (const { ns, bytes, direction } of frames) {
      const at = writer.begin(ns, bytes.length, device);
      writer.bytes.set(bytes, at);
      writer.end(direction);
    }
  }
  writer.flush();
  return concatBytes(chunks);
}

/** What a frame carries, in a VLAN or not. */
function carried(frame: Frame) {
  return frame.payload.kind === 'vlan' ? frame.payload.payload : frame.payload;
}

function problemOf(frame: Frame): RawProblem | undefined {
  const outer = carried(frame);
  if (outer.kind === 'raw') return outer.problem;
  return outer.kind === 'ipv4' && outer.payload.kind === 'raw' ? outer.payload.problem : undefined;
}

function conversationsOf(frame: Frame): string[] {
  const outer = carried(frame);
  if (outer.kind !== 'ipv4') return [];
  const { payload } = outer;
  const ported = payload.kind === 'tcp' || payload.kind === 'udp';
  const suffix = (port: 'srcPort' | 'dstPort'): string => (ported ? `:${payload[port]} ${payload.kind}` : '');
  const own = between(`${outer.src}${suffix('srcPort')}`, `${outer.dst}${suffix('dstPort')}`);
  const told = mentionedEnds(frame);
  if (told === undefined) return [own];
  return [own, between(`${told.src}:${told.srcPort} tcp`, `${told.dst}:${told.dstPort} tcp`)];
}

function between(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
