/** Semaphore and BoundedSemaphore (Lib/threading.py of 3.11): a number under a condition. */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { ValueError } from '../errors.ts';
import { Condition } from './condition.ts';
import { Lock } from './lock.ts';
import { nanoseconds, type Python } from './python.ts';
import { Acquirable, flatten, revive } from './shared.ts';

interface Packed {
  readonly condition: Cloneable;
  readonly value: number;
  readonly bound: number;
}

export class Semaphore extends Acquirable {
  readonly kind: string = 'Semaphore';

  protected constructor(
    protected readonly py: Python,
    private readonly condition: Condition,
    /** Number of the cell that holds the value. */
    private readonly value: number,
    /** What a release may not pass; -1 for none. */
    private readonly bound: number,
  ) {
    super();
  }

  static async create(py: Python, value = 1): Promise<Semaphore> {
    return new Semaphore(py, ...(await Semaphore.parts(py, value)), -1);
  }

  protected static async parts(py: Python, value: number): Promise<[Condition, number]> {
    if (value < 0) throw new ValueError('semaphore initial value must be >= 0');
    return [await Condition.create(py, await Lock.create(py)), await py.sys.cell_create(value)];
  }

  static async revive(py: Python, { condition, value, bound }: Packed): Promise<Semaphore> {
    return new Semaphore(py, (await revive(py, condition)) as Condition, value, bound);
  }

  pack(): Cloneable {
    return { condition: flatten(this.condition), value: this.value, bound: this.bound };
  }

  private async load(): Promise<number> {
    return (await this.py.sys.cell_load(this.value)) as number;
  }

  async acquire(blocking = true, timeout?: number): Promise<boolean> {
    if (!blocking && timeout !== undefined) throw new ValueError("can't specify timeout for non-blocking acquire");
    const { py, condition } = this;
    return condition.with(async () => {
      let until: number | undefined;
      while ((await this.load()) === 0) {
        if (!blocking) return false;
        if (timeout === undefined) await condition.wait();
        else {
          const now = await py.monotonicNs();
          until ??= now + nanoseconds(timeout);
          if (until <= now) return false;
          await condition.wait((until - now) / 1_000_000_000);
        }
      }
      await py.sys.cell_store(this.value, (await this.load()) - 1);
      return true;
    });
  }

  async release(n = 1): Promise<void> {
    if (n < 1) throw new ValueError('n must be one or more');
    await this.condition.with(async () => {
      const value = (await this.load()) + n;
      if (this.bound >= 0 && value > this.bound) throw new ValueError('Semaphore released too many times');
      await this.py.sys.cell_store(this.value, value);
      await this.condition.notify(n);
    });
  }
}

export class BoundedSemaphore extends Semaphore {
  override readonly kind = 'BoundedSemaphore';

  static override async create(py: Python, value = 1): Promise<BoundedSemaphore> {
    return new BoundedSemaphore(py, ...(await Semaphore.parts(py, value)), value);
  }

  static override async revive(py: Python, { condition, value, bound }: Packed): Promise<BoundedSemaphore> {
    return new BoundedSemaphore(py, (await revive(py, condition)) as Condition, value, bound);
  }
}
