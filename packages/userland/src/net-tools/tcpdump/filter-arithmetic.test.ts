import { describe, expect, it } from 'vitest';
import { falseOutside, readRelation } from './filter-arithmetic.ts';
import { FilterReader, filterWords } from './filter-words.ts';

/** Of a frame of 60 bytes that says nothing but its first four. */
function holds(expression: string): boolean {
  const test = readRelation(new FilterReader(filterWords(expression)));
  if (test === undefined) throw new Error(`'${expression}' is no relation`);
  return falseOutside(test)({ bytes: Uint8Array.of(0xff, 0xfe, 0x01, 0x80), wireLength: 60 });
}

describe('a relation', () => {
  it.each([
    ['len = 60'],
    ['2 + 3 * 4 = 14'],
    ['(2 + 3) * 4 = 20'],
    ['7 - 2 - 1 = 4'],
    ['1 << 2 + 1 = 8'],
    ['0 - 1 = 0xffffffff'],
    ['0xffffffff * 0xffffffff = 1'],
    ['0xffffffff > 1'],
    ['1 << 32 = 0'],
    ['ether[0:4] = 0xfffe0180'],
    ['ether[ether[2]] = 0xfe'],
    ['tcp-syn | tcp-ack = 0x12'],
  ])('%s is true', (expression) => expect(holds(expression)).toBe(true));

  it.each([['len != 60'], ['1 / 0 = 0'], ['1 / 0 != 0'], ['ether[3:2] != 1'], ['tcp[13] != 1']])(
    '%s is false',
    (expression) => expect(holds(expression)).toBe(false),
  );

  it('ends the whole filter where a byte is not there, also behind not', () => {
    const inner = readRelation(new FilterReader(filterWords('ether[9] = 1')))!;
    const frame = { bytes: new Uint8Array(4), wireLength: 4 };
    expect(falseOutside((each) => !inner(each))(frame)).toBe(false);
  });

  it.each([['tcp'], ['host web'], ['len'], ['(tcp)'], ['tcp[0']])('%s is none, and its words stay', (expression) => {
    const words = new FilterReader(filterWords(expression));
    expect(words.attempt(readRelation)).toBeUndefined();
    expect(words.peek()).toBe(filterWords(expression)[0]);
  });
});
