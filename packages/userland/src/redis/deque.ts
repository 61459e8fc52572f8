/** A list with two cheap ends: a ring of places that doubles when it is full. LPUSH to a long list costs as little as RPUSH. */
const LEAST = 8;

export class Deque {
  private ring: (string | undefined)[] = new Array<string | undefined>(LEAST);
  private head = 0;
  private count = 0;

  static of(items: readonly string[]): Deque {
    const deque = new Deque();
    for (const item of items) deque.pushRight(item);
    return deque;
  }

  get length(): number {
    return this.count;
  }

  /** The place in the ring of an index from the front; capacities are powers of two. */
  private place(index: number): number {
    return (this.head + index) & (this.ring.length - 1);
  }

  /** Undefined beyond either end. */
  at(index: number): string | undefined {
    return index >= 0 && index < this.count ? this.ring[this.place(index)] : undefined;
  }

  /** False beyond either end. */
  set(index: number, item: string): boolean {
    if (index < 0 || index >= this.count) return false;
    this.ring[this.place(index)] = item;
    return true;
  }

  push(item: string, left: boolean): void {
    if (left) this.pushLeft(item);
    else this.pushRight(item);
  }

  pop(left: boolean): string | undefined {
    if (this.count === 0) return undefined;
    const at = left ? this.head : this.place(this.count - 1);
    const item = this.ring[at];
    this.ring[at] = undefined;
    if (left) this.head = this.place(1);
    this.count--;
    return item;
  }

  /** From `first` to before `end`, as an array has it. */
  slice(first: number, end: number): string[] {
    const items: string[] = [];
    for (let i = Math.max(0, first); i < Math.min(end, this.count); i++) items.push(this.ring[this.place(i)]!);
    return items;
  }

  private pushRight(item: string): void {
    if (this.count === this.ring.length) this.grow();
    this.ring[this.place(this.count++)] = item;
  }

  private pushLeft(item: string): void {
    if (this.count === this.ring.length) this.grow();
    this.head = this.place(this.ring.length - 1);
    this.ring[this.head] = item;
    this.count++;
  }

  private grow(): void {
    const items = this.slice(0, this.count);
    items.length = 2 * this.ring.length;
    this.ring = items;
    this.head = 0;
  }
}
