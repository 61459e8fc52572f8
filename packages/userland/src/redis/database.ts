/** The keys of a server: strings and lists, each with an expiry or without. A key that is over its time is gone for whoever looks. */
export type Value = string | string[];

interface Entry {
  value: Value;
  /** Milliseconds of the server's clock; -1 for never. */
  expiresMs: number;
}

export class Database {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly nowMs: () => number) {}

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expiresMs < 0 || entry.expiresMs > this.nowMs()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  get(key: string): Value | undefined {
    return this.live(key)?.value;
  }

  /** Takes a former expiry away unless `keepExpiry`. */
  set(key: string, value: Value, expiresMs = -1, keepExpiry = false): void {
    const before = keepExpiry ? this.live(key) : undefined;
    this.entries.set(key, { value, expiresMs: before?.expiresMs ?? expiresMs });
  }

  delete(key: string): boolean {
    return this.live(key) !== undefined && this.entries.delete(key);
  }

  /** Milliseconds left; -1 without an expiry, -2 without the key (TTL). */
  leftMs(key: string): number {
    const entry = this.live(key);
    if (entry === undefined) return -2;
    return entry.expiresMs < 0 ? -1 : entry.expiresMs - this.nowMs();
  }

  /** -1 takes the expiry away. False without the key. */
  expire(key: string, expiresMs: number): boolean {
    const entry = this.live(key);
    if (entry === undefined) return false;
    entry.expiresMs = expiresMs;
    return true;
  }

  keys(): string[] {
    return [...this.entries.keys()].filter((key) => this.live(key) !== undefined);
  }

  clear(): void {
    this.entries.clear();
  }
}
