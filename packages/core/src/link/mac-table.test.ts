import { expect, test } from 'vitest';
import { MacAddress } from '../base/address.ts';
import { Randomness } from '../random/random.ts';
import { MacTable } from './mac-table.ts';

const AGEING_NS = 500;
const PORTS = ['a', 'b', 'c'];
/** Forty addresses whose last bytes are three, in two ranges. */
const ADDRESSES = Array.from(
  { length: 40 },
  (_, i) => new MacAddress(0x0200_0000_0000 + (i % 2) * 0x1_0000_0000 + (i >> 1) * 256 + (i % 3)),
);

test('what was learned, moved, aged and forgotten is what a list of all would say', () => {
  const random = new Randomness(5).stream('mac-table');
  const heard: string[] = [];
  const table = new MacTable<string>(
    {
      learned: ({ mac, port }) => heard.push(`learned ${mac} ${port}`),
      moved: ({ mac, port }, from) => heard.push(`moved ${mac} ${from} ${port}`),
      aged: ({ mac }) => heard.push(`aged ${mac}`),
    },
    AGEING_NS,
    32,
  );
  const known = new Map<MacAddress, { port: string; seenAt: number }>();
  let full = 0;
  for (let now = 0; now < 20_000; now++) {
    const mac = ADDRESSES[random.below(ADDRESSES.length)]!;
    const port = PORTS[random.below(PORTS.length)]!;
    const entry = known.get(mac);
    const holds = entry !== undefined && now - entry.seenAt < AGEING_NS;
    switch (random.below(200)) {
      case 0:
        table.forget(port);
        for (const [each, at] of known) if (at.port === port) known.delete(each);
        break;
      case 1:
        expect(table.list(now).map((one) => [String(one.mac), one.port])).toEqual(
          [...known].filter(([, { seenAt }]) => now - seenAt < AGEING_NS).map(([each, at]) => [String(each), at.port]),
        );
        for (const [each, { seenAt }] of known) if (now - seenAt >= AGEING_NS) known.delete(each);
        break;
      default:
        if (random.below(2) === 0) {
          expect(table.lookup(mac, now)).toBe(holds ? entry.port : undefined);
          if (!holds) known.delete(mac);
        } else if (table.learn(mac, port, now)) known.set(mac, { port, seenAt: now });
        else full++;
    }
  }
  expect(full).toBeGreaterThan(10);
  for (const kind of ['learned', 'moved', 'aged'])
    expect(heard.filter((line) => line.startsWith(kind)).length).toBeGreaterThan(100);
});
