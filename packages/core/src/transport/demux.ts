/**
 * Finds the endpoint of an arriving segment: a chained hash over (local port, peer, peer's port), keyed by numbers. Endpoints are linked
 * through their own `hashNext`, so an entry costs no allocation and a look-up no string.
 */
import type { IpAddress } from '../base/address.ts';

export interface Flow {
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
}

export interface FlowEntry extends Flow {
  hashNext: FlowEntry | undefined;
}

/** 32 bits of an address; equal addresses give equal hashes. */
export function addressHash(address: IpAddress): number {
  const key = address.key;
  if (typeof key === 'number') return key | 0;
  let hash = 0x811c_9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x0100_0193);
  return hash;
}

export class FlowTable<T extends FlowEntry> {
  private buckets: (T | undefined)[] = new Array<T | undefined>(16).fill(undefined);
  private mask = 15;
  // The last answer: segments come in trains, and most hosts have one connection that talks. Neither hash nor chain is read for it.
  private recent: T | undefined = undefined;
  size = 0;

  private index(localPort: number, remote: IpAddress, remotePort: number): number {
    const key = remote.key;
    let hash = Math.imul(
      (typeof key === 'number' ? key : addressHash(remote)) ^ (remotePort << 16) ^ localPort,
      0x9e37_79b1,
    );
    hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca77);
    return (hash ^ (hash >>> 13)) & this.mask;
  }

  find(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): T | undefined {
    const { recent } = this;
    if (recent !== undefined && isBetween(recent, local, localPort, remote, remotePort)) return recent;
    let entry = this.buckets[this.index(localPort, remote, remotePort)];
    while (entry !== undefined && !isBetween(entry, local, localPort, remote, remotePort))
      entry = entry.hashNext as T | undefined;
    if (entry !== undefined) this.recent = entry;
    return entry;
  }

  add(entry: T): void {
    if (this.size++ > this.mask * 2) this.grow();
    const at = this.index(entry.localPort, entry.remoteAddress, entry.remotePort);
    entry.hashNext = this.buckets[at];
    this.buckets[at] = entry;
  }

  /** Takes an entry out; nothing happens where it is not in. */
  remove(entry: T): void {
    if (this.recent === entry) this.recent = undefined;
    const at = this.index(entry.localPort, entry.remoteAddress, entry.remotePort);
    let previous: T | undefined;
    for (let here = this.buckets[at]; here !== undefined; previous = here, here = here.hashNext as T | undefined) {
      if (here !== entry) continue;
      if (previous === undefined) this.buckets[at] = here.hashNext as T | undefined;
      else previous.hashNext = here.hashNext;
      here.hashNext = undefined;
      this.size--;
      return;
    }
  }

  /** All entries, in no promised order. */
  all(): T[] {
    const out: T[] = [];
    for (const head of this.buckets) for (let e = head; e !== undefined; e = e.hashNext as T | undefined) out.push(e);
    return out;
  }

  private grow(): void {
    const entries = this.all();
    this.mask = this.mask * 4 + 3;
    this.buckets = new Array<T | undefined>(this.mask + 1).fill(undefined);
    for (const entry of entries) {
      const at = this.index(entry.localPort, entry.remoteAddress, entry.remotePort);
      entry.hashNext = this.buckets[at];
      this.buckets[at] = entry;
    }
  }
}

function isBetween(flow: Flow, local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): boolean {
  return (
    flow.localPort === localPort &&
    flow.remotePort === remotePort &&
    flow.remoteAddress.key === remote.key &&
    flow.localAddress.key === local.key
  );
}
