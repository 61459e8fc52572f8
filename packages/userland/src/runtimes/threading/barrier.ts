/** Barrier (Lib/threading.py of 3.11): fills, lets all out, fills again; reset, abort and a time-out break it for those that wait. */
import type { Cloneable } from '@netarium/core/syscall/sys.ts';
import { Condition } from './condition.ts';
import { BrokenBarrierError } from './errors.ts';
import { Lock } from './lock.ts';
import type { Python } from './python.ts';
import { flatten, revive, Shared } from './shared.ts';

type Phase = 'filling' | 'draining' | 'resetting' | 'broken';

interface Packed {
  readonly condition: Cloneable;
  readonly phase: number;
  readonly count: number;
  readonly parties: number;
  readonly action: string;
  readonly timeout: number;
}

export interface BarrierOptions {
  /** Entry that the last thread calls before all are let out. */
  readonly action?: string;
  /** Seconds, for every wait that gives none itself. */
  readonly timeout?: number;
}

export class Barrier extends Shared {
  readonly kind = 'Barrier';

  private constructor(
    private readonly py: Python,
    private readonly condition: Condition,
    private readonly packed: Packed,
  ) {
    super();
  }

  static async create(
    py: Python,
    parties: number,
    { action = '', timeout = -1 }: BarrierOptions = {},
  ): Promise<Barrier> {
    const condition = await Condition.create(py, await Lock.create(py));
    const [phase, count] = [await py.sys.cell_create('filling'), await py.sys.cell_create(0)];
    return new Barrier(py, condition, { condition: flatten(condition), phase, count, parties, action, timeout });
  }

  static async revive(py: Python, packed: Packed): Promise<Barrier> {
    return new Barrier(py, (await revive(py, packed.condition)) as Condition, packed);
  }

  pack(): Cloneable {
    return { ...this.packed };
  }

  get parties(): number {
    return this.packed.parties;
  }

  private async phase(): Promise<Phase> {
    return (await this.py.sys.cell_load(this.packed.phase)) as Phase;
  }

  private async become(phase: Phase): Promise<void> {
    await this.py.sys.cell_store(this.packed.phase, phase);
    await this.condition.notifyAll();
  }

  private async count(change: number): Promise<number> {
    const { count } = this.packed;
    const before = (await this.py.sys.cell_load(count)) as number;
    if (change !== 0) await this.py.sys.cell_store(count, before + change);
    return before;
  }

  /** Waits for the others; answers a number from 0 to parties - 1, another for each. */
  async wait(timeout?: number): Promise<number> {
    const limit = timeout ?? (this.packed.timeout < 0 ? undefined : this.packed.timeout);
    return this.condition.with(async () => {
      await this.enter();
      const index = await this.count(1);
      try {
        if (index + 1 === this.parties) await this.letOut();
        else await this.waitForOthers(limit);
        return index;
      } finally {
        await this.count(-1);
        await this.leave();
      }
    });
  }

  /** Those of the round before have to be gone. */
  private async enter(): Promise<void> {
    for (;;) {
      const phase = await this.phase();
      if (phase === 'broken') throw new BrokenBarrierError('');
      if (phase === 'filling') return;
      await this.condition.wait();
    }
  }

  private async letOut(): Promise<void> {
    try {
      if (this.packed.action !== '') await this.py.entry(this.packed.action)!(this.py);
    } catch (error) {
      await this.become('broken');
      throw error;
    }
    await this.become('draining');
  }

  private async waitForOthers(timeout?: number): Promise<void> {
    const changed = await this.condition.waitFor(async () => (await this.phase()) !== 'filling', timeout);
    if (!changed) {
      await this.become('broken');
      throw new BrokenBarrierError('');
    }
    const phase = await this.phase();
    if (phase === 'broken' || phase === 'resetting') throw new BrokenBarrierError('');
  }

  private async leave(): Promise<void> {
    if ((await this.count(0)) > 0) return;
    const phase = await this.phase();
    if (phase === 'draining' || phase === 'resetting') await this.become('filling');
  }

  /** Who waits gets BrokenBarrierError; the barrier itself is as new. */
  async reset(): Promise<void> {
    await this.condition.with(async () => {
      if ((await this.count(0)) === 0) return this.become('filling');
      const phase = await this.phase();
      if (phase === 'filling' || phase === 'broken') await this.become('resetting');
    });
  }

  async abort(): Promise<void> {
    await this.condition.with(() => this.become('broken'));
  }

  /** How many wait. */
  async waiting(): Promise<number> {
    return (await this.phase()) === 'filling' ? this.count(0) : 0;
  }

  async broken(): Promise<boolean> {
    return (await this.phase()) === 'broken';
  }
}
