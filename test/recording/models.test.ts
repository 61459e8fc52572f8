/** What view reads off a recorded run: answers, filters, captures, machines, what moves, and why a window fell. */
import { cable, host, lab, router } from '@netarium/core/check/lab.ts';
import { dissect } from '@netarium/core/wire/tree.ts';
import { bytesOf } from '@netarium/view/files/file-piece.ts';
import { rowText, rowUpTo } from '@netarium/view/ladder/ladder.ts';
import { MachineStates } from '@netarium/view/machine/machine-state.ts';
import { answerOf } from '@netarium/view/packets/answers.ts';
import { captureFile } from '@netarium/view/packets/capture-file.ts';
import { completionsOf, conversationFilter } from '@netarium/view/packets/filters.ts';
import { Chains } from '@netarium/view/packets/follow.ts';
import { FrameClasses, packetClass } from '@netarium/view/packets/packet-class.ts';
import { FilteredRows, filterOf, PacketList } from '@netarium/view/packets/packet-list.ts';
import { packetsCsv } from '@netarium/view/packets/packets-csv.ts';
import { fallsOf } from '@netarium/view/plot/falls.ts';
import { queueDropsOf } from '@netarium/view/plot/queue-drops.ts';
import { frameBytes, type Recording } from '@netarium/view/recording/recording.ts';
import { Timeline } from '@netarium/view/timeline/timeline.ts';
import { layout } from '@netarium/view/topology/layout.ts';
import { Motion } from '@netarium/view/topology/motion.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { record, recordLab } from './recorded.ts';

let site: Recording;
let lost: Recording;
beforeAll(async () => {
  site = await recordLab('visit-website');
  lost = await recordLab('one-lost-packet');
});

const rowsOf = (list: PacketList, filter: string): number[] => {
  const compiled = filterOf(filter);
  if (!compiled.ok) throw new Error(compiled.problem);
  const rows = new FilteredRows(list, compiled);
  while (!rows.done) rows.advance(7);
  return Array.from({ length: rows.length }, (_, place) => rows.at(place));
};

describe('a packet list', () => {
  test('a filter finds what a look at every packet finds', () => {
    const list = new PacketList(site);
    const found = rowsOf(list, 'dns.flags.response == 1');
    const seen = [...Array(list.length).keys()].filter((row) =>
      list.row(row).info.startsWith('Standard query response'),
    );
    expect(found.length).toBeGreaterThan(2);
    expect(found).toEqual(seen);
  });

  test('places of rows, with a filter and without', () => {
    const list = new PacketList(site);
    const found = rowsOf(list, 'arp');
    const compiled = filterOf('arp');
    const rows = new FilteredRows(list, compiled.ok ? compiled : undefined);
    rows.advance(list.length);
    expect(found.map((row) => rows.placeOf(row))).toEqual([...found.keys()]);
    expect([rows.placeOf(found[0]! - 1), rows.upTo(found[0]! - 1), rows.upTo(list.length)]).toEqual([
      -1,
      -1,
      found.length - 1,
    ]);
    const all = new FilteredRows(list, undefined);
    expect([all.done, all.length, all.placeOf(5)]).toEqual([true, list.length, 5]);
  });

  test('a row far behind what is known is shown as a frame alone, and with its conversation once that is worked out', () => {
    const list = new PacketList(lost);
    const fresh = new PacketList(lost);
    while (!list.analysed) list.analyse(10);
    const last = list.length - 1;
    expect(list.row(last)).toEqual(fresh.row(last));
    expect(rowsOf(list, 'tcp.analysis.duplicate_ack').length).toBeGreaterThan(2);
  });

  test('every DNS and ARP request leads to its answer, and back', () => {
    const list = new PacketList(site);
    for (const filter of ['dns.flags.response == 0', 'arp.opcode == 1', 'http.request'])
      for (const row of rowsOf(list, filter)) {
        const answer = answerOf(list, row);
        expect(answer, `${filter} ${row}`).toMatchObject({ role: 'request' });
        expect(answerOf(list, answer!.row)).toEqual({ role: 'response', row });
      }
    expect(answerOf(list, rowsOf(list, 'tcp.flags.syn == 1')[0]!)).toBeUndefined();
  });

  test.each(['', 'tcp.len > 0', 'tcp.analysis.duplicate_ack'])(
    'as a file, filter `%s`: each row that passes, as the whole list has it',
    (text) => {
      const whole = new PacketList(lost);
      whole.analyse(whole.length);
      const rows = text === '' ? [...Array(whole.length).keys()] : rowsOf(whole, text);
      const compiled = filterOf(text);
      const list = new PacketList(lost);
      const filtered = new FilteredRows(list, compiled.ok && text !== '' ? compiled : undefined);
      const pieces = [...packetsCsv(list, filtered)];
      const lines = pieces.flatMap((piece) => piece.content.split('\r\n').slice(0, -1));
      expect(lines.slice(1).map((line) => Number(line.slice(0, line.indexOf(','))))).toEqual(
        rows.map((row) => row + 1),
      );
      for (const [i, row] of rows.entries()) expect(lines[i + 1]).toContain(whole.row(row).info.replaceAll('"', '""'));
      expect(pieces.length).toBeGreaterThan(whole.length / 64);
      const parts = pieces.map(({ part }) => part);
      expect([parts, parts.at(-1)]).toEqual([[...parts].sort((a, b) => a - b), 1]);
    },
  );

  test('a conversation as a filter has both directions of it', () => {
    const list = new PacketList(site);
    const query = rowsOf(list, 'dns')[0]!;
    const answer = answerOf(list, query)!.row;
    expect(rowsOf(list, conversationFilter(list.dissection(query))!)).toEqual(expect.arrayContaining([query]));
    const [syn] = rowsOf(list, 'tcp.flags.syn == 1');
    expect(rowsOf(list, conversationFilter(list.dissection(syn!))!).length).toBeGreaterThan(5);
    expect(conversationFilter(list.dissection(rowsOf(list, 'arp')[0]!))).toBeUndefined();
    expect(answer).toBeGreaterThan(query);
  });

  test('completions go on from the last word', () => {
    expect(completionsOf('dns.fl')).toContain('dns.flags.response');
    expect(completionsOf('ip.ttl == 3 && tcp.sr')).toEqual(['ip.ttl == 3 && tcp.srcport']);
    expect(completionsOf('')).toEqual([]);
  });

  test("a card's capture has its frames, in order", () => {
    const file = bytesOf(captureFile(lost, 'laptop.eth0'));
    const own = lost.cards.findIndex(({ name }) => name === 'laptop.eth0');
    const frames = [...lost.sights.card.keys()].filter((i) => lost.sights.card[i] === own);
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    let at = 0;
    const found: Uint8Array[] = [];
    while (at < file.length) {
      const [type, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      if (type === 6) found.push(file.subarray(at + 28, at + 28 + view.getUint32(at + 20, true)));
      at += length;
    }
    expect(found.length).toBe(frames.length);
    expect(found.map((bytes) => [...bytes])).toEqual(frames.map((i) => [...frameBytes(lost, lost.sights.frame[i]!)]));
  });

  test('the capture of the whole network has each packet once, from the card that sent it', () => {
    const file = bytesOf(captureFile(lost, ''));
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const list = new PacketList(lost);
    let [at, interfaces] = [0, 0];
    const found: { card: string; bytes: number[] }[] = [];
    while (at < file.length) {
      const [type, length] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      if (type === 1) interfaces++;
      if (type === 6) {
        const bytes = [...file.subarray(at + 28, at + 28 + view.getUint32(at + 20, true))];
        found.push({ card: lost.cards[view.getUint32(at + 8, true)]!.name, bytes });
      }
      at += length;
    }
    expect(interfaces).toBe(lost.cards.length);
    const rows = Array.from({ length: list.length }, (_, row) => row);
    expect(found).toEqual(rows.map((row) => ({ card: list.row(row).where, bytes: [...list.bytes(row)] })));
  });

  test('classes are those of a dissection', () => {
    const classes = new FrameClasses(site);
    for (let frame = 0; frame < site.frames.packets.length; frame++) {
      const bytes = frameBytes(site, frame);
      expect(classes.of(frame)).toBe(packetClass(bytes));
      const { protocol, info } = dissect(bytes);
      // Alone, what goes on with an HTTP message is a segment with data.
      const known = new Map([
        ['ARP', 'link'],
        ['DHCP', 'link'],
        ['DNS', 'udp'],
        ['ICMP', 'icmp'],
        ['HTTP', 'application'],
        ['TCP', info.includes(' Len=0 ') ? 'tcp' : 'application'],
      ]);
      if (known.has(protocol)) expect(classes.of(frame), `${frame} ${protocol} ${info}`).toBe(known.get(protocol));
    }
  });
});

describe('in between', () => {
  test('what moves at an instant is what set out and has not arrived, either way', () => {
    const motion = new Motion(lost);
    const { startNs, arrivalNs } = lost.hops;
    for (const atNs of [0, 261_845_920, 262_000_000, 295_749_920, lost.endNs]) {
      const under = [...startNs.keys()].filter((hop) => startNs[hop]! <= atNs && arrivalNs[hop]! >= atNs);
      const moving = motion.at(atNs);
      expect(moving.map(({ hop }) => hop).sort((a, b) => a - b)).toEqual(under);
      for (const { place } of moving) expect(place >= 0 && place <= 1).toBe(true);
    }
    expect(motion.lostBefore(lost.endNs, lost.endNs).map(({ reason }) => reason)).toEqual(['lost']);
  });

  test('a machine at an instant: any way there, the same', () => {
    const { endNs } = site;
    const there = new MachineStates(site);
    const back = new MachineStates(site);
    back.at('laptop', endNs);
    for (const part of [0, 0.01, 0.0165, 0.02, 0.5, 1]) {
      const atNs = Math.floor(endNs * part);
      expect(there.at('laptop', atNs)).toEqual(back.at('laptop', atNs));
    }
    expect([...there.at('laptop', endNs).addresses.values()].map(({ address }) => address)).toContain('10.0.1.100/24');
    expect(there.at('laptop', 0).addresses.size).toBeLessThan(there.at('laptop', endNs).addresses.size);
    expect(there.at('nobody', endNs).processes.size).toBe(0);
  });

  test('every machine stands inside of the picture, no two in one place', () => {
    const places = layout(site.machines, site.cables);
    expect([...places.keys()].sort()).toEqual(site.machines.map(({ name }) => name).sort());
    for (const { x, y } of places.values()) expect(x >= 0 && x <= 1 && y > 0 && y < 1).toBe(true);
    expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(places.size);
  });

  test('a repeated packet is followed to what it repeats and to what answered it', () => {
    const chain = new Chains(lost).of(37);
    expect(chain.find(({ cause }) => cause === 'retransmission')?.of).toBe(37);
    expect(chain.filter(({ cause }) => cause === 'reply').length).toBeGreaterThan(0);
  });
});

describe('a lost segment', () => {
  test('the window falls once, after duplicate ACKs, for the reason that is noted', () => {
    const [fall, ...more] = fallsOf(lost);
    expect(more).toEqual([]);
    expect(fall!.to).toBeLessThan(fall!.from);
    expect(fall!.duplicateAcks.length).toBeGreaterThanOrEqual(2);
    const rows = lost.ladder.rows.filter(({ packet }) => fall!.duplicateAcks.includes(packet));
    for (const { findings } of rows) expect(findings).toContain('duplicate_ack');
    expect(lost.kinds[lost.events.kind[fall!.event]!]).toMatch(/^tcp\.(recovery|retransmit)$/);
  });

  test('rows up to an instant, and their numbers as the header has them', () => {
    const { ladder } = lost;
    expect(rowUpTo(ladder, -1)).toBe(-1);
    expect(rowUpTo(ladder, lost.endNs)).toBe(ladder.rows.length - 1);
    const selective = ladder.rows.find(({ sack }) => sack !== undefined)!;
    const [[left, right]] = selective.sack as [[number, number]];
    expect(rowText(selective, 'relative')).toBe(`${selective.text} SACK ${left}–${right}`);
    const offset = selective.ackRaw! - selective.ack!;
    expect(rowText(selective, 'absolute')).toContain(`ack=${selective.ackRaw}`);
    expect(rowText(selective, 'absolute')).toContain(`SACK ${left + offset}–${right + offset}`);
    expect(left).toBeGreaterThan(selective.ack!);
  });
});

test('frames that found a queue full stand on its curve', async () => {
  const full = await record(
    lab({
      id: 'full',
      machines: {
        a: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
        gate: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
        b: host({ eth0: '10.0.2.2/24', gateway: '10.0.2.1', run: ['nc -l 7000 >/dev/null'] }),
      },
      cables: [
        cable('a', 'gate.eth0', { rate: '100Mbit', delay: '1ms' }),
        cable('gate.eth1', 'b', { rate: '5Mbit', delay: '5ms', queue: 6 }),
      ],
      async script({ a }) {
        await a.sh('head -c 200000 /dev/zero | nc -N 10.0.2.2 7000');
      },
    }),
  );
  const drops = queueDropsOf(full);
  const reported = [...full.events.kind.keys()].filter((i) => {
    const values = full.events.values.at(i);
    return full.kinds[full.events.kind[i]!] === 'frame.drop' && values.reason === 'queue-full';
  });
  expect(drops.length).toBeGreaterThan(0);
  expect(drops.map(({ atNs }) => atNs)).toEqual(reported.map((i) => full.events.atNs[i]!));
  for (const { curve } of drops) expect(full.plots.queue[curve]!.points.length).toBeGreaterThan(0);
});

test('what somebody typed is marked, services and their children are not', () => {
  const timeline = new Timeline(site);
  const commands = timeline.marks.filter(({ kind }) => kind === 'command');
  const lines = commands.map(({ index }) => String(site.events.values.at(index).argv));
  const visit = 'sh -c browser -m 10 http://www.shop.test/';
  expect(lines).toEqual(['sh -c dhclient -v eth0', visit, visit]);
});
