/** Where packets go that were seen and chosen: printed, one by one, as the options want it, or into a pcap file. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { pad2 } from '../../lib/calendar.ts';
import { errorText } from '../../lib/failure.ts';
import { resolveAddress } from '../../lib/resolver.ts';
import type { Services } from '../../lib/services.ts';
import { print, writeAll } from '../../lib/stdio.ts';
import { formatTime } from '../../lib/strftime.ts';
import { ABSOLUTE, type PrintContext } from './context.ts';
import { asciiDump, hexDump } from './hexdump.ts';
import { ETHERNET_BYTES, locateNetwork } from './locate.ts';
import { type CapturedPacket, pcapHeader, pcapRecord, SECOND_NS, type Timestamp } from './pcap.ts';
import { frameText } from './print-frame.ts';
import { SequenceTracker } from './sequence.ts';
import { DumpError, type Settings } from './settings.ts';

export class Sink {
  private readonly tracker = new SequenceTracker();
  private readonly names = new Map<string, string>();
  private number = 0;
  private first: Timestamp | undefined;
  private before: Timestamp | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly settings: Settings,
    private readonly services: Services,
    /** Descriptor of the pcap file, or -1 to print. */
    private readonly file: number,
  ) {}

  async take(packet: CapturedPacket, prefix: string): Promise<void> {
    if (this.file >= 0) await writeAll(this.sys, this.file, pcapRecord(packet));
    else await this.show(packet, prefix);
  }

  private async show(packet: CapturedPacket, prefix: string): Promise<void> {
    const { given } = this.settings;
    const base = given.has('-S') ? ABSOLUTE : this.tracker.base(packet.bytes);
    const unknown = new Set<string>();
    const context: PrintContext = {
      verbose: given.count('-v'),
      quiet: given.has('-q'),
      numeric: given.has('-n'),
      linkHeader: given.has('-e'),
      base,
      host: (address) => {
        if (given.has('-n')) return address;
        const name = this.names.get(address);
        if (name === undefined) unknown.add(address);
        return name ?? address;
      },
      port: (port, protocol) => (given.has('-n') ? String(port) : (this.services.name(port, protocol) ?? String(port))),
    };
    let text = frameText(context, packet.bytes, packet.wireLength);
    if (unknown.size > 0) {
      // The first printing only found out which names are needed.
      for (const address of unknown) this.names.set(address, (await resolveAddress(this.sys, address)) ?? address);
      text = frameText(context, packet.bytes, packet.wireLength);
    }
    const number = given.has('-#') ? `${String(++this.number).padStart(5)}  ` : '';
    await print(this.sys, `${number}${this.timeText(packet.time)}${prefix}${text}${this.dump(packet.bytes)}\n`);
  }

  private dump(bytes: Uint8Array): string {
    const { given } = this.settings;
    const start = locateNetwork(bytes) === undefined ? 0 : ETHERNET_BYTES;
    if (given.has('-A')) return asciiDump(bytes.subarray(start));
    if (given.count('-X') > 1) return hexDump(bytes, true);
    if (given.has('-X')) return hexDump(bytes.subarray(start), true);
    if (given.count('-x') > 1) return hexDump(bytes, false);
    return given.has('-x') ? hexDump(bytes.subarray(start), false) : '';
  }

  private timeText(time: Timestamp): string {
    const mode = this.settings.given.count('-t');
    const micros = String(Math.floor(time.nanoseconds / 1000)).padStart(6, '0');
    const clock = (seconds: number) =>
      `${pad2(Math.floor(seconds / 3600) % 24)}:${pad2(Math.floor(seconds / 60) % 60)}:${pad2(seconds % 60)}`;
    const since = (reference: Timestamp) => {
      const difference = (time.seconds - reference.seconds) * SECOND_NS + time.nanoseconds - reference.nanoseconds;
      const positive = Math.abs(difference);
      const fraction = String(Math.floor((positive % SECOND_NS) / 1000)).padStart(6, '0');
      return `${difference < 0 ? '-' : ' '}${clock(Math.floor(positive / SECOND_NS))}.${fraction} `;
    };
    const before = this.before ?? time;
    this.before = time;
    this.first ??= time;
    if (mode === 0) return `${clock(time.seconds)}.${micros} `;
    if (mode === 1) return '';
    if (mode === 2) return `${time.seconds}.${micros} `;
    if (mode === 3) return since(before);
    if (mode > 4) return since(this.first);
    return `${formatTime('%F %T', time.seconds)}.${micros} `;
  }
}

/** Descriptor of the file of -w, its header written; -1 where there is none. */
export async function openOutput(sys: Sys, settings: Settings): Promise<number> {
  const file = settings.given.value('-w');
  if (file === undefined) return -1;
  let fd = 1;
  try {
    if (file !== '-') fd = await sys.open(file, { write: true, create: true, truncate: true });
  } catch (error) {
    throw new DumpError(`${file}: ${errorText(error)}`);
  }
  await writeAll(sys, fd, pcapHeader(settings.snapshot));
  return fd;
}
