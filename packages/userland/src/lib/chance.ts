/** Random numbers from `getrandom`, fetched a block at a time: one system call for many small draws, as arc4random(3) does. */
import type { Sys } from '@netarium/core/syscall/sys.ts';

const BLOCK_BYTES = 64;

export class Chance {
  private block: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(private readonly sys: Sys) {}

  async u16(): Promise<number> {
    const high = await this.byte();
    return high * 256 + (await this.byte());
  }

  async u32(): Promise<number> {
    const high = await this.u16();
    return high * 0x1_0000 + (await this.u16());
  }

  /** A whole number from 0 up to, and without, `count` (at most 2^32); the bias of the remainder is below 2^-20 for counts up to 4096. */
  async below(count: number): Promise<number> {
    return (await this.u32()) % count;
  }

  async bytes(length: number): Promise<Uint8Array> {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = await this.byte();
    return out;
  }

  private async byte(): Promise<number> {
    if (this.at === this.block.length) {
      this.block = await this.sys.getrandom(BLOCK_BYTES);
      this.at = 0;
    }
    return this.block[this.at++]!;
  }
}
