/**
 * The one place where a run reports: frames into the wire digest, events into the run digest, both to whoever subscribed. The digests are
 * equal in every recording mode, because subscribers change nothing here.
 */
import { hex } from '../base/bytes.ts';
import { Mix } from '../base/mix.ts';
import { Sha256 } from '../base/sha256.ts';
import type { EventCatalogue, EventKind, SampleCatalogue, SampleKind, WorldEvent } from './catalogue.ts';

type Listener = (event: WorldEvent) => void;

/** The clock that stamps events: the event queue. */
export interface Clock {
  readonly now: number;
}

const FRAMES_PER_BLOCK = 4096;

/** A running digest: a cheap mix per item, a sha256 over the mix's states, one per block of items. */
export class Digest {
  readonly mix = new Mix();
  items = 0;
  private readonly sha = new Sha256();

  /** Call after each item was mixed in. */
  end(): void {
    if (++this.items % FRAMES_PER_BLOCK === 0) this.block(this.sha);
  }

  private block(sha: Sha256): void {
    const { a, b } = this.mix;
    sha.update(Uint8Array.of(a >>> 24, a >>> 16, a >>> 8, a, b >>> 24, b >>> 16, b >>> 8, b));
  }

  /** 64 hex digits for what was digested so far; digesting may go on. */
  toString(): string {
    const sha = this.sha.clone();
    this.block(sha);
    return hex(sha.digest());
  }
}

export class Recorder {
  readonly wire = new Digest();
  readonly run = new Digest();
  private readonly kindHash = new Map<string, number>();
  private readonly listeners = new Map<string, Listener[]>();
  private readonly all: Listener[] = [];

  constructor(private readonly clock: Clock) {}

  emit<K extends EventKind>(kind: K, host: string, values: EventCatalogue[K]): void {
    const at = this.clock.now;
    const mix = this.run.mix;
    mix.word(this.hashOf(kind));
    mix.wide(at);
    mix.word(this.hashOf(host));
    // In the order of the catalogue's literals; `Object.values` would make an array of them, at twice the cost.
    for (const key in values) {
      const value: unknown = values[key];
      if (typeof value === 'number') mix.wide(value);
      else if (typeof value === 'string') mix.text(value);
      else mix.word(value === true ? 1 : value === false ? 2 : 3);
    }
    this.run.end();
    const listeners = this.listeners.get(kind);
    if (listeners === undefined && this.all.length === 0) return;
    const event = { kind, at, host, values } as WorldEvent;
    if (listeners) for (const listener of listeners) listener(event);
    for (const listener of this.all) listener(event);
  }

  /** True where somebody subscribed to a kind of sample; ask before building its values. */
  wants(kind: SampleKind): boolean {
    return this.listeners.size > 0 && this.listeners.has(kind);
  }

  sample<K extends SampleKind>(kind: K, host: string, values: SampleCatalogue[K]): void {
    const listeners = this.listeners.get(kind);
    if (!listeners) return;
    const event = { kind, at: this.clock.now, host, values } as WorldEvent;
    for (const listener of listeners) listener(event);
  }

  on<K extends EventKind | SampleKind>(kind: K, listener: (event: WorldEvent<K>) => void): void {
    const listeners = this.listeners.get(kind);
    if (listeners) listeners.push(listener as Listener);
    else this.listeners.set(kind, [listener as Listener]);
  }

  /** Subscribes to every event (samples not included). */
  onEvent(listener: (event: WorldEvent<EventKind>) => void): void {
    this.all.push(listener as Listener);
  }

  private hashOf(text: string): number {
    let hash = this.kindHash.get(text);
    if (hash === undefined) {
      const mix = new Mix();
      mix.text(text);
      hash = mix.a ^ mix.b;
      this.kindHash.set(text, hash);
    }
    return hash;
  }
}
