/** WATCH: the keys that must not change before a client's EXEC. Where one did, or went over its time, the transaction is given up. */
import type { Database, Watcher } from './database.ts';

export class Watches implements Watcher {
  changed = false;
  private readonly keys: (readonly [database: Database, key: string])[] = [];

  add(database: Database, keys: readonly string[]): void {
    for (const key of keys) {
      this.keys.push([database, key]);
      database.watch(key, this);
    }
  }

  /** Looks once more: who is over its time goes only when somebody looks. */
  look(): boolean {
    for (const [database, key] of this.keys) database.get(key);
    return this.changed;
  }

  /** UNWATCH, and after EXEC and DISCARD. */
  forget(): void {
    for (const [database, key] of this.keys.splice(0)) database.unwatch(key, this);
    this.changed = false;
  }
}
