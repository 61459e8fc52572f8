import { expect, test } from 'vitest';
import { type IpAddress, Ipv4Address } from '../base/address.ts';
import { type FlowEntry, FlowTable } from './demux.ts';

class Entry implements FlowEntry {
  hashNext: FlowEntry | undefined = undefined;
  readonly localAddress: IpAddress = new Ipv4Address(0x0a00_0001);
  readonly localPort = 80;
  readonly remoteAddress: IpAddress = new Ipv4Address(0x0a00_0002);

  constructor(readonly remotePort: number) {}
}

test('a flow is found again and again, and never after it was taken out', () => {
  const table = new FlowTable<Entry>();
  const find = (port: number): Entry | undefined =>
    table.find(new Ipv4Address(0x0a00_0001), 80, new Ipv4Address(0x0a00_0002), port);
  const entries = Array.from({ length: 100 }, (_, i) => new Entry(1000 + i));
  for (const entry of entries) table.add(entry);
  for (const entry of entries) expect([find(entry.remotePort), find(entry.remotePort)]).toEqual([entry, entry]);
  expect(find(2000)).toBeUndefined();
  for (const entry of entries) {
    expect(find(entry.remotePort)).toBe(entry);
    table.remove(entry);
    expect(find(entry.remotePort)).toBeUndefined();
  }
  expect([table.size, table.all()]).toEqual([0, []]);
});
