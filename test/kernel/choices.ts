/** What random scripts, segments, frames and commands are made with: choices of one seeded stream. */
import type { Stream } from '@netarium/core/random/random.ts';

export abstract class Choices {
  constructor(protected readonly random: Stream) {}

  protected pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  /** True once in `one` times. */
  protected chance(one: number): boolean {
    return this.random.below(one) === 0;
  }
}
