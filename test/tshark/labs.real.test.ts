/**
 * tshark reads every card's capture of every built-in lab: nothing malformed, no wrong checksum (but in frames that a fault rule damaged
 * on the way), no error and no unexpected warning of its experts, and the same protocols, values, places and columns as our packet tree for
 * every packet. Of a long capture the first frames are read; labs without cards say nothing here.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import type { NetworkCard } from '@netarium/core/link/card.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { encodeFrame } from '@netarium/core/wire/codec.ts';
import type { Frame, RawProblem } from '@netarium/core/wire/packet.ts';
import { catalogue } from '@netarium/labs/catalogue/index.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { describe, expect, test } from 'vitest';
import { compareWithTshark } from './compare.ts';

/** Within a day of the clocks inside the worlds, so that tshark takes ping's time stamps for what they are. */
const EPOCH_SECONDS = 1_767_225_600;
/** Frames of a card that are read; tshark's answer about one takes thousands of objects. Fewer where all tests have a quarter of an hour. */
const FRAMES_MAX = process.env.CI === undefined ? 4000 : 800;

interface CardCapture {
  readonly name: string;
  readonly chunks: Uint8Array[];
  readonly writer: PcapngWriter;
  /** Frames that came in with a header or checksum that is wrong: only a fault rule makes those. */
  readonly damaged: Set<number>;
  frames: number;
}

function captureOf(card: NetworkCard): CardCapture {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter({ name: card.fullName, epochSeconds: EPOCH_SECONDS }, (chunk) =>
    chunks.push(chunk.slice()),
  );
  const capture: CardCapture = { name: card.fullName, chunks, writer, damaged: new Set(), frames: 0 };
  card.addTap({
    frame(_at, frame, direction, ns) {
      if (capture.frames === FRAMES_MAX) return;
      capture.frames++;
      if (direction === 'in' && problemOf(frame) !== undefined) capture.damaged.add(capture.frames);
      writer.packet(ns, encodeFrame(frame), { direction: direction === 'in' ? 'inbound' : 'outbound' });
    },
  });
  return capture;
}

function problemOf(frame: Frame): RawProblem | undefined {
  const outer = frame.payload.kind === 'vlan' ? frame.payload.payload : frame.payload;
  if (outer.kind === 'raw') return outer.problem;
  return outer.kind === 'ipv4' && outer.payload.kind === 'raw' ? outer.payload.problem : undefined;
}

describe.each([...catalogue.keys()])('%s', (id) => {
  test('tshark agrees with every capture', async () => {
    const captures: CardCapture[] = [];
    const cards = (all: readonly NetworkCard[]): void => void captures.push(...all.map(captureOf));
    await runLab(await catalogue.get(id)!(), { image: systemImage(), turn }, { listener: { cards } });
    for (const { name, chunks, writer, damaged, frames } of captures) {
      writer.flush();
      if (frames === 0) continue;
      expect(await compareWithTshark(concatBytes(chunks), { columns: true, damaged }), name).toEqual([]);
    }
  });
});
