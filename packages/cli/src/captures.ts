/** Captures of network cards as pcapng files: every frame as the card sent or took it, in nanoseconds of virtual time. */
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkCard, Tap } from '@netarium/core/link/card.ts';
import { packetIdOf } from '@netarium/core/link/identity.ts';
import { PcapngWriter } from '@netarium/core/record/pcapng.ts';
import { encodeFrameAt } from '@netarium/core/wire/codec.ts';
import { DEFAULT_WALL_START_NS } from '@netarium/core/world/world.ts';
import type { Messages } from '@netarium/view/messages/messages.ts';
import { UsageError } from './exit.ts';
import { makeFolder, writing } from './files.ts';

const EPOCH_SECONDS = Number(DEFAULT_WALL_START_NS / 1_000_000_000n);

export interface CaptureSummary {
  readonly path: string;
  readonly folder: boolean;
  readonly files: number;
  readonly packets: number;
}

/** Where a packet is in the captures: `laptop.eth0 #4`, the frame's number as Wireshark shows it; undefined where it is in none. */
export type PacketPlaces = (packet: number) => string | undefined;

export class Captures {
  /** The first frame of each packet. */
  private readonly first = new Map<number, string>();
  private readonly writers: PcapngWriter[] = [];
  private readonly files: string[] = [];
  private packets = 0;
  private failure: unknown;

  /** With a card's name `path` is one file, otherwise a folder. */
  constructor(
    private readonly path: string,
    private readonly card: string | undefined,
    private readonly m: Messages,
  ) {}

  /** A folder of its own for a run that named none. */
  static temporary(lab: string, m: Messages): Captures {
    const path = join(tmpdir(), `netarium-${lab}-`);
    return new Captures(
      writing(path, m, () => mkdtempSync(path)),
      undefined,
      m,
    );
  }

  attach(cards: readonly NetworkCard[]): void {
    const { card: wanted, path, m } = this;
    if (wanted === undefined) {
      this.folder();
      for (const card of cards) this.open(card, join(path, `${card.fullName}.pcapng`));
      return;
    }
    const card = cards.find(({ fullName }) => fullName === wanted);
    if (card === undefined)
      throw new UsageError(m.errors.noSuchCard(wanted, cards.map(({ fullName }) => fullName).join(', ')), 'run');
    this.open(card, path);
  }

  private folder(): void {
    const { path, m } = this;
    writing(path, m, () => {
      if (existsSync(path) && !statSync(path).isDirectory()) throw new UsageError(m.errors.pcapNotFolder(path), 'run');
      makeFolder(path);
    });
  }

  private open(card: NetworkCard, file: string): void {
    writing(file, this.m, () => writeFileSync(file, ''));
    const device = { name: card.fullName, description: String(card.mac), epochSeconds: EPOCH_SECONDS };
    const writer = new PcapngWriter(device, (chunk) => this.append(file, chunk));
    this.files.push(file);
    let number = 0;
    const tap: Tap = {
      frame: (_card, frame, direction, at) => {
        this.packets++;
        number++;
        const packet = packetIdOf(frame);
        if (!this.first.has(packet)) this.first.set(packet, `${card.fullName} #${number}`);
        const start = writer.begin(at, frame.length);
        encodeFrameAt(frame, writer.bytes, start, start + frame.length);
        writer.end(direction === 'in' ? 'inbound' : 'outbound');
      },
    };
    card.addTap(tap);
    this.writers.push(writer);
  }

  /** In the middle of a frame's way nobody could tell that the disk is full: the first failure is told at the end. */
  private append(file: string, chunk: Uint8Array): void {
    if (this.failure !== undefined) return;
    try {
      writing(file, this.m, () => appendFileSync(file, chunk));
    } catch (error) {
      this.failure = error;
    }
  }

  readonly where: PacketPlaces = (packet) => this.first.get(packet);

  /** All captures, or none: throws what went wrong. */
  close(): CaptureSummary {
    for (const writer of this.writers) writer.flush();
    if (this.failure !== undefined) {
      for (const file of this.files) rmSync(file, { force: true });
      throw this.failure;
    }
    return { path: this.path, folder: this.card === undefined, files: this.writers.length, packets: this.packets };
  }
}
