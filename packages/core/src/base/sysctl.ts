/**
 * A host's `sysctl` variables. Each layer declares the keys it honours, with Linux's names, defaults and bounds (`declare`), and keeps the
 * answered cell, so that reading a variable on the packet path is a property read. A key that nobody declared does not exist: /proc/sys
 * and `sysctl` say so, nothing is silently accepted.
 */
import { assert } from './assert.ts';

export interface SysctlSpec {
  /** Dotted name: `net.ipv4.tcp_retries2`. */
  readonly key: string;
  readonly initial: number | readonly number[] | string;
  readonly min?: number;
  readonly max?: number;
}

export class SysctlCell {
  /** The value of a single-number variable. */
  number: number;
  /** The values of a vector such as `net.ipv4.tcp_rmem`; one element for a single number. */
  numbers: readonly number[];
  /** The value as /proc/sys prints it. */
  text: string;
  /** Told after each successful `set`: for a layer that keeps something derived from the value. */
  onChange: ((cell: SysctlCell) => void) | undefined;

  constructor(readonly spec: SysctlSpec) {
    this.numbers =
      typeof spec.initial === 'string' ? [] : typeof spec.initial === 'number' ? [spec.initial] : spec.initial;
    this.number = this.numbers[0] ?? 0;
    this.text = typeof spec.initial === 'string' ? spec.initial : this.numbers.join('\t');
  }

  /** Sets the variable from its text; false (EINVAL) where Linux would refuse it. */
  set(text: string): boolean {
    const words = text.trim().split(/\s+/);
    if (typeof this.spec.initial === 'string') {
      this.text = words.join(' ');
      this.onChange?.(this);
      return true;
    }
    const numbers = words.map((word) => (/^-?(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN));
    if (numbers.length !== this.numbers.length || numbers.some((n) => !this.allows(n))) return false;
    this.numbers = numbers;
    this.number = numbers[0]!;
    this.text = numbers.join('\t');
    this.onChange?.(this);
    return true;
  }

  private allows(value: number): boolean {
    return (
      Number.isSafeInteger(value) && value >= (this.spec.min ?? -0x8000_0000) && value <= (this.spec.max ?? 0x7fff_ffff)
    );
  }
}

export class SysctlTable {
  private readonly cells = new Map<string, SysctlCell>();

  declare(spec: SysctlSpec): SysctlCell {
    assert(!this.cells.has(spec.key), `sysctl ${spec.key} declared twice`);
    const cell = new SysctlCell(spec);
    this.cells.set(spec.key, cell);
    return cell;
  }

  get(key: string): SysctlCell | undefined {
    return this.cells.get(key);
  }

  /** All keys, in the order of their declaration. */
  keys(): readonly string[] {
    return [...this.cells.keys()];
  }
}
