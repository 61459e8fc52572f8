/** What a recording grows in: numbers, bytes, and names with numbers. */
export class Column {
  private readonly numbers: number[] = [];

  get length(): number {
    return this.numbers.length;
  }

  push(value: number): void {
    this.numbers.push(value);
  }

  at(index: number): number {
    return this.numbers[index]!;
  }

  set(index: number, value: number): void {
    this.numbers[index] = value;
  }

  values(): readonly number[] {
    return this.numbers;
  }
}

const FIRST_BYTES = 65_536;

export class ByteColumn {
  private buffer = new Uint8Array(FIRST_BYTES);
  length = 0;

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + bytes.length));
      larger.set(this.buffer.subarray(0, this.length));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  take(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** Texts that come again and again, by number. */
export class Names {
  readonly all: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.all.length;
      this.all.push(name);
      this.numbers.set(name, number);
    }
    return number;
  }
}
