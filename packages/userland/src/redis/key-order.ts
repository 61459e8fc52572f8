/**
 * Keys in the order in which they came, with a number each: what SCAN's cursors stand for. A key that is there from the first call of a scan to the last is
 * told once; one that comes or goes meanwhile may be told or not (redis.io/commands/scan, "Scan guarantees").
 */
interface Ordered {
  gone: boolean;
}

/** Places of keys that are gone are kept while there are fewer than those of the others, and this many. */
const GONE_KEPT = 64;

export class KeyOrder<T extends Ordered> {
  /** The numbers grow; the items stand beside them. */
  private numbers: number[] = [];
  private items: T[] = [];
  private gone = 0;
  private last = 0;

  add(item: T): void {
    this.numbers.push(++this.last);
    this.items.push(item);
  }

  remove(item: T): void {
    item.gone = true;
    this.gone++;
    if (this.gone > GONE_KEPT && this.gone > this.items.length / 2) this.tidy();
  }

  clear(): void {
    this.numbers = [];
    this.items = [];
    this.gone = 0;
  }

  /** At most so many, from a number on; `next` is that of the first one left, 0 where none is. */
  from(number: number, count: number): { readonly next: number; readonly items: readonly T[] } {
    const found: T[] = [];
    let at = this.place(number);
    for (; at < this.items.length && found.length < count; at++) {
      const item = this.items[at]!;
      if (!item.gone) found.push(item);
    }
    while (this.items[at]?.gone === true) at++;
    return { next: this.numbers[at] ?? 0, items: found };
  }

  /** Of the first number that is not less. */
  private place(number: number): number {
    let [low, high] = [0, this.numbers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numbers[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private tidy(): void {
    this.numbers = this.numbers.filter((_, at) => !this.items[at]!.gone);
    this.items = this.items.filter(({ gone }) => !gone);
    this.gone = 0;
  }
}
