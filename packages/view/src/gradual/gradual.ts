/** A value that takes a while to work out: bit by bit as long as nobody waits for it, and the rest at once for who asks. */

export class Gradual<T> {
  private work: Generator<unknown, T, undefined> | undefined;
  private made: { readonly value: T } | undefined;

  /** `begin` starts the work, which is cut in two wherever it yields. */
  constructor(private readonly begin: () => Generator<unknown, T, undefined>) {}

  get value(): T {
    while (this.made === undefined) this.advance();
    return this.made.value;
  }

  /** Cut where the work is; nothing to do once somebody has asked. */
  *steps(): Generator<undefined, void, undefined> {
    while (this.made === undefined) {
      this.advance();
      yield;
    }
  }

  private advance(): void {
    this.work ??= this.begin();
    const { done, value } = this.work.next();
    if (done === true) this.made = { value };
  }
}
