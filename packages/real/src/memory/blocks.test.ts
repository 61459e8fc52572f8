import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Blocks, classBytes, emptyBuffer, sizeClass } from './blocks.ts';
import { HEADER_BYTES, SIZE_CLASSES } from './layout.ts';

describe('size classes', () => {
  test('hold what is asked for, and waste at most a fifth of a block beyond its unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1 << 30 }), (bytes) => {
        const size = classBytes(sizeClass(bytes));
        expect(size).toBeGreaterThanOrEqual(bytes);
        expect(size - bytes).toBeLessThanOrEqual(size / 5 + 16);
        expect(size % 16).toBe(0);
      }),
    );
    for (let index = 0; index < SIZE_CLASSES; index++) {
      expect(sizeClass(classBytes(index))).toBe(index);
      if (index > 0) expect(sizeClass(classBytes(index - 1) + 1)).toBe(index);
    }
  });
});

interface Block {
  readonly address: number;
  readonly bytes: number;
  readonly mark: number;
}

describe('blocks', () => {
  test('never overlap, whatever is taken and given back, and whoever grows the heap', () => {
    const step = fc.record({ bytes: fc.integer({ min: 1, max: 40_000 }), free: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const buffer = emptyBuffer(1 << 17, 1 << 23);
        const views = [new Blocks(buffer), new Blocks(buffer)];
        const held: Block[] = [];
        const whole = ({ address, bytes, mark }: Block): boolean => {
          const reader = views[mark % 2]!;
          reader.refresh();
          return reader.bytes.subarray(address, address + bytes).every((byte) => byte === mark % 251);
        };
        for (const [mark, { bytes, free, which }] of steps.entries()) {
          if (free && held.length > 0) {
            const [block] = held.splice(which % held.length, 1);
            expect(whole(block!)).toBe(true);
            views[which % 2]!.free(block!.address, block!.bytes);
            continue;
          }
          const writer = views[which % 2]!;
          const address = writer.allocate(bytes);
          expect(address).toBeGreaterThanOrEqual(HEADER_BYTES);
          writer.bytes.fill(mark % 251, address, address + bytes);
          held.push({ address, bytes, mark });
        }
        expect(held.every(whole)).toBe(true);
        for (const { address, bytes } of held) views[0]!.free(address, bytes);
        expect(views[1]!.usedBytes).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('are in reach also where another thread grows the heap while the views are made', () => {
    const buffer = emptyBuffer(1 << 17, 1 << 20);
    const [reader, other] = [new Blocks(buffer), new Blocks(buffer)];
    // The reader is behind from here on.
    expect(other.allocate(150_000)).toBeGreaterThan(0);
    let address = 0;
    Object.defineProperty(buffer, 'byteLength', {
      configurable: true,
      get(this: SharedArrayBuffer) {
        // The heap is measured, then it grows, then the measure is used.
        Reflect.deleteProperty(this, 'byteLength');
        const measured = this.byteLength;
        address = other.allocate(200_000);
        return measured;
      },
    });
    reader.refresh();
    reader.refresh();
    expect(address).toBeGreaterThan(0);
    expect(reader.bytes.length).toBeGreaterThanOrEqual(address + 200_000);
  });

  test('end where the heap does', () => {
    const blocks = new Blocks(emptyBuffer(1 << 16, 1 << 17));
    expect(blocks.allocate(1 << 17)).toBe(0);
    expect(blocks.allocate(2 ** 40)).toBe(0);
    const address = blocks.allocate(100_000);
    expect(address).toBeGreaterThan(0);
    expect(blocks.allocate(100_000)).toBe(0);
    blocks.free(address, 100_000);
    expect(blocks.allocate(100_000)).toBe(address);
  });
});
