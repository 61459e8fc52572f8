import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allSamples } from '../../../../../test/tshark/all-samples.ts';
import { ACCEPTED, REFUSED } from '../../../../../test/tshark/filter-cases.ts';
import { dissect } from '../tree.ts';
import { compileFilter, filterErrorText } from './filter.ts';

const packets = allSamples().map((frame, i) =>
  dissect(frame, { number: i + 1, relativeNs: i * 1_000_000, interfaceName: 'web.eth0' }),
);

function count(text: string): number {
  const filter = compileFilter(text);
  if (!filter.ok) throw new Error(filterErrorText(text, filter.error));
  return packets.filter((packet) => filter.test(packet)).length;
}

test('what Wireshark takes is taken, what it refuses is refused', () => {
  for (const text of ACCEPTED) expect(compileFilter(text).ok, text).toBe(true);
  for (const text of REFUSED) expect(compileFilter(text).ok, text).toBe(false);
});

test('"!=" is about all occurrences, "!==" about any, "!" about none', () => {
  const has = count('ip.addr == 10.0.1.2');
  expect(count('ip.addr != 10.0.1.2')).toBe(count('ip') - has);
  expect(count('ip.addr !== 10.0.1.2')).toBe(count('ip'));
  expect(count('!(ip.addr == 10.0.1.2)')).toBe(packets.length - has);
});

test('or below and below not', () => {
  expect(count('arp or udp and ip.ttl == 1')).toBe(count('arp or (udp and ip.ttl == 1)'));
  expect(count('not arp and udp')).toBe(count('(not arp) and udp'));
});

describe('errors', () => {
  const refused = (text: string) => {
    const filter = compileFilter(text);
    if (filter.ok) throw new Error(`${text} was taken`);
    return filter.error;
  };

  test('name the place and the nearest fields', () => {
    expect(refused('arp || tcp.flgs.syn == 1')).toMatchObject({
      start: 7,
      end: 19,
      suggestions: ['tcp.flags.syn', 'tcp.flags.fin', 'tcp.flags.str'],
    });
    expect(filterErrorText('tcp.port == web', refused('tcp.port == web'))).toBe(
      '"web" is not a number, and tcp.port is one\n  tcp.port == web\n              ^^^',
    );
  });

  test('what is not supported is refused by name', () => {
    expect(refused('max(tcp.port) == 1').message).toContain('max()');
    expect(refused('1 < ip.ttl < 9').message).toContain('comparisons in a row');
    expect(refused('tcp.port#1 == 80').message).toContain('#');
    expect(refused('ip.ttl + 1 == 2').message).toContain('+');
    expect(refused(`${'('.repeat(200)}ip${')'.repeat(200)}`).message).toContain('nested');
  });
});

test('any text is answered, and any answer can be tried on any packet', () => {
  const words = fc.constantFrom(
    'tcp',
    'ip.addr',
    'tcp.port',
    'eth.src',
    'frame',
    'http.host',
    'dns.qry.name',
    '==',
    '!=',
    '===',
    '>',
    '<=',
    'contains',
    'matches',
    'in',
    '{',
    '}',
    '..',
    ',',
    '(',
    ')',
    '!',
    '&&',
    'or',
    'not',
    '&',
    '[0:2]',
    '[',
    ']',
    '1',
    '0x10',
    '10.0.0.0/8',
    '02:00',
    '"a+"',
    '"(',
    "'",
    'len(',
    'count(',
    '-1',
    '\\',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.array(words, { maxLength: 12 }).map((list) => list.join(' ')),
      ),
      (text) => {
        const filter = compileFilter(text);
        if (filter.ok) for (const packet of packets.slice(0, 12)) expect(typeof filter.test(packet)).toBe('boolean');
        else {
          expect(filter.error.start).toBeLessThanOrEqual(filter.error.end);
          expect(filter.error.end).toBeLessThanOrEqual(text.length);
          expect(filter.error.message).not.toBe('');
        }
      },
    ),
    { numRuns: 3000 },
  );
});
