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
  /** Told after each successful `set`: for a layer that keeps something derived from the value. */
  onChange: ((cell: SysctlCell) => void) | undefined;
  private vector: readonly number[] | undefined;
  private words: string | undefined;

  constructor(readonly spec: SysctlSpec) {
    const { initial } = spec;
    if (typeof initial === 'number') this.number = initial;
    else {
      this.number = typeof initial === 'string' ? 0 : initial[0]!;
      if (typeof initial === 'string') this.words = initial;
      else this.vector = initial;
    }
  }

  /** The values of a vector such as `net.ipv4.tcp_rmem`; one element for a single number. */
  get numbers(): readonly number[] {
    return this.words !== undefined ? [] : (this.vector ?? [this.number]);
  }

  /** The value as /proc/sys prints it. */
  get text(): string {
    return this.words ?? this.vector?.join('\t') ?? String(this.number);
  }

  /** Sets the variable from its text; false (EINVAL) where Linux would refuse it. */
  set(text: string): boolean {
    const words = text.trim().split(/\s+/);
    if (typeof this.spec.initial === 'string') {
      this.words = words.join(' ');
      this.onChange?.(this);
      return true;
    }
    const numbers = words.map((word) => (/^-?(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN));
    if (numbers.length !== this.numbers.length || numbers.some((n) => !this.allows(n))) return false;
    if (this.vector !== undefined) this.vector = numbers;
    this.number = numbers[0]!;
    this.onChange?.(this);
    return true;
  }

  private allows(value: number): boolean {
    return (
      Number.isSafeInteger(value) && value >= (this.spec.min ?? -0x8000_0000) && value <= (this.spec.max ?? 0x7fff_ffff)
    );
  }
}

/** Variables that are declared when somebody first asks for one of them. */
interface Family {
  readonly prefix: string;
  readonly declare: () => void;
}

export class SysctlTable {
  private readonly cells = new Map<string, SysctlCell>();
  private families: Family[] = [];

  declare(spec: SysctlSpec): SysctlCell {
    assert(!this.cells.has(spec.key), `sysctl ${spec.key} declared twice`);
    const cell = new SysctlCell(spec);
    this.cells.set(spec.key, cell);
    return cell;
  }

  /** Puts off the declaration of all keys that begin with `prefix`: a host has hundreds, of which a run looks at few. */
  declareLater(prefix: string, declare: () => void): void {
    this.families.push({ prefix, declare });
  }

  get(key: string): SysctlCell | undefined {
    return this.cells.get(key) ?? this.materialise((prefix) => key.startsWith(prefix)).cells.get(key);
  }

  /** All keys, in the order of their declaration. */
  keys(): readonly string[] {
    return [...this.materialise(() => true).cells.keys()];
  }

  private materialise(wanted: (prefix: string) => boolean): this {
    const now = this.families.filter(({ prefix }) => wanted(prefix));
    if (now.length > 0) this.families = this.families.filter((family) => !now.includes(family));
    for (const { declare } of now) declare();
    return this;
  }
}
