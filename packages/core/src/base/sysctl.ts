/**
 * A host's `sysctl` variables. Each layer declares the keys it honours, with Linux's names, defaults and bounds (`declareSet`), and reads
 * them from fields of its own, so that reading a variable on the packet path is a property read. A key that nobody declared does not exist: /proc/sys
 * and `sysctl` say so, nothing is silently accepted.
 */
import { assert } from './assert.ts';

export interface SysctlSpec {
  /** Dotted name: `net.ipv4.tcp_retries2`. */
  readonly key: string;
  readonly initial: number | readonly number[] | string;
  readonly min?: number;
  readonly max?: number;
  /** A time that is kept in whole ticks of so many of its units, rounded up. */
  readonly tick?: number;
  /** A range: no number may be below the one before it. */
  readonly ascending?: boolean;
}

export class SysctlCell {
  /**
   * The value of a single-number variable. Begun without a number, so that the engine keeps small ones as they are: out of a field of
   * floating-point numbers they would turn every field that they are copied to into one, and throw away the code compiled before.
   */
  number: number = undefined as never;
  private changed: ((cell: SysctlCell) => void) | undefined;
  private vector: readonly number[] | undefined;
  private words: string | undefined;

  constructor(
    readonly spec: SysctlSpec,
    /** Stands for many hosts' cells; nobody may set it. */
    private readonly shared = false,
  ) {
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
    assert(!this.shared, "a shared sysctl cell is not a host's own: ask the table for it by its key");
    const words = text.trim().split(/\s+/);
    if (typeof this.spec.initial === 'string') {
      this.words = words.join(' ');
      this.changed?.(this);
      return true;
    }
    // proc_dointvec: numbers fill the vector from its first on; those behind keep their values, and what is too much is not read.
    const kept = this.numbers;
    const told = words.slice(0, kept.length).map(numberIn);
    if (told.some((n) => !this.allows(n))) return false;
    const { tick = 1 } = this.spec;
    const numbers = told.map((n) => Math.ceil(n / tick) * tick);
    const vector = [...numbers, ...kept.slice(numbers.length)];
    if (this.spec.ascending === true && vector.some((n, i) => n < (vector[i - 1] ?? n))) return false;
    if (this.vector !== undefined) this.vector = vector;
    this.number = numbers[0]!;
    this.changed?.(this);
    return true;
  }

  /** Has a layer told after each successful `set`, where it keeps something derived from the value. */
  onChange(changed: (cell: SysctlCell) => void): void {
    this.changed = changed;
  }

  private allows(value: number): boolean {
    return (
      Number.isSafeInteger(value) && value >= (this.spec.min ?? -0x8000_0000) && value <= (this.spec.max ?? 0x7fff_ffff)
    );
  }
}

/** As strtoul(3) reads it with base 0. */
function numberIn(word: string): number {
  const [, sign, digits] = /^(-?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.exec(word) ?? [];
  if (digits === undefined) return Number.NaN;
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? -value : value;
}

/** Variables that are declared when somebody first asks for one of them by name. */
export interface SysctlFamily {
  covers(key: string): boolean;
  declare(table: SysctlTable): void;
}

/**
 * A layer's variables. A host has a hundred, of which a run changes few: all hosts share the cells of `initial`, and a host gets one of its own
 * when somebody asks its table for it by its name. What hundreds of hosts read on the packet path so stays in the processor's cache.
 */
export class SysctlSet<Name extends string> {
  readonly initial: SysctlCells<Name>;
  private readonly names: ReadonlyMap<string, Name>;

  constructor(private readonly specs: Readonly<Record<Name, SysctlSpec>>) {
    const entries = Object.entries<SysctlSpec>(specs) as [Name, SysctlSpec][];
    this.names = new Map(entries.map(([name, { key }]) => [key, name]));
    const cells = entries.map(([name, spec]) => [name, new SysctlCell(spec, true)]);
    this.initial = Object.fromEntries(cells) as SysctlCells<Name>;
  }

  get keys(): Iterable<string> {
    return this.names.keys();
  }

  find(key: string): { readonly name: Name; readonly spec: SysctlSpec } | undefined {
    const name = this.names.get(key);
    return name === undefined ? undefined : { name, spec: this.specs[name] };
  }
}

export type SysctlCells<Name extends string> = { readonly [K in Name]: SysctlCell };

/** What a host's layers hold of one set; several may hold the same (the buffer sizes of all sockets). */
class SharedCells<Name extends string> {
  private readonly holders: SysctlCells<Name>[] = [];
  private readonly own: { [K in Name]?: SysctlCell } = {};

  constructor(readonly set: SysctlSet<Name>) {}

  add(holder: SysctlCells<Name>): void {
    this.holders.push(holder);
    Object.assign(holder, this.own);
  }

  /** The host's own cell of a variable that it shared so far; undefined where it is none of the set's. */
  declare(table: SysctlTable, key: string): SysctlCell | undefined {
    const found = this.set.find(key);
    if (found === undefined) return undefined;
    const cell = table.declare(found.spec);
    this.own[found.name] = cell;
    for (const holder of this.holders) Object.assign(holder, { [found.name]: cell });
    return cell;
  }
}

export class SysctlTable {
  private readonly cells = new Map<string, SysctlCell>();
  private readonly shared: SharedCells<string>[] = [];
  private families: SysctlFamily[] = [];

  declare(spec: SysctlSpec): SysctlCell {
    const cell = new SysctlCell(spec);
    const { key } = spec;
    if (this.cells.has(key)) assert(false, `sysctl ${key} declared twice`);
    this.cells.set(key, cell);
    return cell;
  }

  /** Puts off a declaration until somebody asks for a key that the family covers. */
  declareLater(family: SysctlFamily): void {
    this.families.push(family);
  }

  /**
   * Declares a set whose variables are read through the fields of `holder`, which begin as `set.initial`: keep the holder, never a cell, as
   * one becomes the host's own when somebody asks for it by name.
   */
  declareSet<Name extends string>(set: SysctlSet<Name>, holder: SysctlCells<Name>): void {
    let shared = this.shared.find((other) => other.set === (set as SysctlSet<string>));
    if (shared === undefined) {
      shared = new SharedCells<string>(set as SysctlSet<string>);
      this.shared.push(shared);
    }
    shared.add(holder);
  }

  get(key: string): SysctlCell | undefined {
    const known = this.cells.get(key);
    if (known !== undefined) return known;
    for (const shared of this.shared) {
      const own = shared.declare(this, key);
      if (own !== undefined) return own;
    }
    return this.materialise((family) => family.covers(key)).cells.get(key);
  }

  /** All keys, in the order of their characters. */
  keys(): readonly string[] {
    for (const { set } of this.shared) for (const key of set.keys) this.get(key);
    return [...this.materialise(() => true).cells.keys()].sort();
  }

  private materialise(wanted: (family: SysctlFamily) => boolean): this {
    const now = this.families.filter(wanted);
    if (now.length > 0) this.families = this.families.filter((family) => !now.includes(family));
    for (const family of now) family.declare(this);
    return this;
  }
}
