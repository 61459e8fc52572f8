import { expect, test } from 'vitest';
import { troubledTransfer } from '../testing/transfer.ts';

const MIB = 1 << 20;
const SEEDS = 1000;
const SHARD = 250;

for (let first = 1; first <= SEEDS; first += SHARD) {
  test(`1 MiB under loss, damage, duplication and reordering, seeds ${first} to ${first + SHARD - 1}: equal bytes or an errno`, () => {
    for (let seed = first; seed < first + SHARD; seed++) {
      const lossPpm = seed % 4 === 0 ? 80_000 : 10_000;
      const { ended, equal, received, error, pipe } = troubledTransfer({ seed, size: MIB, lossPpm });
      expect(equal, `seed ${seed}`).toBe(true);
      expect(error !== undefined || (ended && received === MIB), `seed ${seed}`).toBe(true);
      expect(pipe.clock.queue.pending, `seed ${seed}`).toBe(0);
    }
  });
}
