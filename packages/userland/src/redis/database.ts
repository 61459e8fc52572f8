/** The keys of a server: strings and lists, each with an expiry or without. A key that is over its time is gone for whoever looks. */
import type { Deque } from './deque.ts';

export type Value = string | Deque;

interface Entry {
  value: Value;
  /** Milliseconds of the server's clock; undefined for never. */
  expiresMs: number | undefined;
}

export class Database {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly nowMs: () => number) {}

  private live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry?.expiresMs === undefined || entry.expiresMs > this.nowMs()) return entry;
    this.entries.delete(key);
    return undefined;
  }

  get(key: string): Value | undefined {
    return this.live(key)?.value;
  }

  /** Takes a former expiry away unless `keepExpiry`; a negative one is none. */
  set(key: string, value: Value, expiresMs = -1, keepExpiry = false): void {
    const before = keepExpiry ? this.live(key) : undefined;
    this.entries.set(key, { value, expiresMs: before?.expiresMs ?? (expiresMs < 0 ? undefined : expiresMs) });
  }

  delete(key: string): boolean {
    return this.live(key) !== undefined && this.entries.delete(key);
  }

  /** Milliseconds left; -1 without an expiry, -2 without the key (TTL). */
  leftMs(key: string): number {
    const entry = this.live(key);
    if (entry === undefined) return -2;
    return entry.expiresMs === undefined ? -1 : entry.expiresMs - this.nowMs();
  }

  /** When the key goes, which may be over already; undefined takes the expiry away. False without the key. */
  expire(key: string, expiresMs: number | undefined): boolean {
    const entry = this.live(key);
    if (entry === undefined) return false;
    entry.expiresMs = expiresMs;
    this.live(key);
    return true;
  }

  keys(): string[] {
    return [...this.entries.keys()].filter((key) => this.live(key) !== undefined);
  }

  clear(): void {
    this.entries.clear();
  }
}
