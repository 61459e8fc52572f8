/**
 * The global interpreter lock of a real process (CPython, Python/ceval_gil.c): of threads that run in truth side by side only its holder runs the program's
 * code. A thread lets it go around calls that may wait (`core/os/call-traits.ts`) and, when another has waited for longer than the switch interval, at its next
 * system call; up to 3.1 (`check`) the holder lets go every so often and takes it again at once, if nobody was faster.
 *
 * What a JavaScript thread computes between two system calls cannot be cut short: who asks waits until the holder's next call.
 */
import { deserialize, serialize } from 'node:v8';
import { E, Errno } from '@netarium/core/base/errno.ts';
import { BLOCKED, type Outcome } from '@netarium/core/kernel/outcome.ts';
import { releasesInterpreter } from '@netarium/core/os/call-traits.ts';
import {
  INTERPRETERS,
  type InterpreterProfile,
  type InterpreterVersion,
} from '@netarium/core/os/interpreter/profile.ts';
import { MS } from '@netarium/core/time/instant.ts';
import { INTERPRETER, SLOT } from './layout.ts';
import type { SharedHeap } from './shared-heap.ts';
import { type Parking, Wait } from './wait.ts';
import { dropThread, isEmpty, wakeOne } from './wait-queue.ts';

/** What SWITCHING holds: 0 before an interpreter was attached. */
const SWITCHING = ['unattached', 'interval', 'check', 'none'] as const;
const BY_INTERVAL = 1;
const BY_CHECK = 2;

function isProfile(value: unknown): value is InterpreterProfile {
  return typeof value === 'object' && value !== null && 'switching' in value;
}

/** The lock as one thread sees it. */
export class InterpreterLock {
  private readonly slot: number;
  private readonly wait: Wait;
  private takenMs = 0;
  /** It waits for the lock already: a signal handler's calls wait with it. */
  private acquiring: Promise<undefined> | undefined;
  /** How often the lock had changed hands when this thread began to wait. */
  private switchesSeen = 0;

  constructor(
    private readonly heap: SharedHeap,
    private readonly tid: number,
    private readonly parking: Parking,
  ) {
    this.slot = heap.interpreterSlot;
    this.wait = new Wait(heap, tid, 0);
  }

  /** EINVAL for an unknown version; EBUSY where the process has more than one thread. The caller holds the lock, if there is one, from here on. */
  attach(wanted: InterpreterVersion | InterpreterProfile, threads: number): Errno | undefined {
    const profile = isProfile(wanted) ? wanted : Object.hasOwn(INTERPRETERS, wanted) ? INTERPRETERS[wanted] : undefined;
    const switching = profile === undefined ? -1 : SWITCHING.indexOf(profile.switching);
    if (profile === undefined || switching <= 0) return E.EINVAL;
    if (threads > 1) return E.EBUSY;
    const { heap, slot } = this;
    heap.relock(slot);
    const failed = this.setProfile(profile);
    if (failed === undefined) {
      heap.words[slot + INTERPRETER.SWITCHING] = switching;
      if (this.locks) this.hold();
    }
    heap.leave(slot);
    return failed;
  }

  profile(): InterpreterProfile | Errno {
    const { heap, slot } = this;
    heap.relock(slot);
    const profile = this.storedProfile();
    heap.leave(slot);
    return profile;
  }

  setInterval(ns: number): Errno | undefined {
    if (!Number.isSafeInteger(ns) || ns <= 0) return E.EINVAL;
    const { heap, slot } = this;
    heap.relock(slot);
    const profile = this.storedProfile();
    const failed = profile instanceof Errno ? profile : this.setProfile({ ...profile, intervalNs: ns });
    heap.leave(slot);
    return failed;
  }

  private storedProfile(): InterpreterProfile | Errno {
    const { words, bytes } = this.heap;
    if (words[this.slot + INTERPRETER.SWITCHING] === 0) return E.EINVAL;
    const address = words[this.slot + INTERPRETER.PROFILE]!;
    return deserialize(bytes.slice(address, address + words[this.slot + INTERPRETER.PROFILE_BYTES]!));
  }

  private setProfile(profile: InterpreterProfile): Errno | undefined {
    const { heap, slot } = this;
    const encoded = serialize(profile);
    const address = heap.allocate(encoded.length);
    if (address === 0) return E.ENOMEM;
    const { words } = heap;
    const oldBytes = words[slot + INTERPRETER.PROFILE_BYTES]!;
    if (oldBytes > 0) heap.free(words[slot + INTERPRETER.PROFILE]!, oldBytes);
    heap.bytes.set(encoded, address);
    words[slot + INTERPRETER.PROFILE] = address;
    words[slot + INTERPRETER.PROFILE_BYTES] = encoded.length;
    heap.doubles[(slot + INTERPRETER.INTERVAL_NS) >> 1] = profile.intervalNs;
    return undefined;
  }

  /** An interpreter is attached that has a lock. */
  get locks(): boolean {
    const switching = Atomics.load(this.heap.words, this.slot + INTERPRETER.SWITCHING);
    return switching === BY_INTERVAL || switching === BY_CHECK;
  }

  /** How often the lock has gone from one thread to another. */
  get switches(): number {
    return Atomics.load(this.heap.words, this.slot + INTERPRETER.SWITCHES);
  }

  private get held(): boolean {
    return Atomics.load(this.heap.words, this.slot + INTERPRETER.HOLDER) === this.tid;
  }

  /** Before a system call: those around which CPython lets the lock go. */
  beforeCall(name: string, args: readonly unknown[]): void {
    if (this.locks && releasesInterpreter(name, args)) this.release();
  }

  /**
   * At each system call's end, before the program's code goes on: takes the lock where it was let go, and lets another have it where one has asked. A worker
   * stops here until it has the lock; the main thread gets a promise, where it has to wait.
   */
  checkpoint(): undefined | Promise<undefined> {
    if (!this.locks) return undefined;
    if (this.held) {
      if (!this.isDue()) return undefined;
      this.letGo(true);
    }
    return this.acquire();
  }

  private isDue(): boolean {
    const { words, doubles } = this.heap;
    if (Atomics.load(words, this.slot + INTERPRETER.ASKED) !== 0) return true;
    if (Atomics.load(words, this.slot + INTERPRETER.SWITCHING) !== BY_CHECK) return false;
    return (performance.now() - this.takenMs) * MS >= doubles[(this.slot + INTERPRETER.INTERVAL_NS) >> 1]!;
  }

  /** Takes the lock, where the process has one and the thread has it not. */
  acquire(): undefined | Promise<undefined> {
    if (!this.locks || this.held) return undefined;
    if (this.acquiring !== undefined) return this.acquiring;
    this.switchesSeen = this.switches;
    for (;;) {
      if (this.attempt() !== BLOCKED) return undefined;
      const expired = this.parking.park(this.heap, this.wait);
      if (typeof expired !== 'boolean') return (this.acquiring = this.acquireLater(expired));
      this.wait.expired = expired;
    }
  }

  private async acquireLater(expired: boolean | Promise<boolean>): Promise<undefined> {
    for (;;) {
      this.wait.expired = await expired;
      if (this.attempt() !== BLOCKED) {
        this.acquiring = undefined;
        return undefined;
      }
      expired = this.parking.park(this.heap, this.wait);
    }
  }

  private attempt(): Outcome<undefined> {
    const { heap, slot, wait } = this;
    heap.relock(slot);
    if (wait.slot !== 0) wait.leaveQueue();
    const outcome = this.takeOrSleep();
    heap.leave(slot);
    return outcome;
  }

  private takeOrSleep(): Outcome<undefined> {
    const { heap, slot, wait } = this;
    const { words } = heap;
    const holder = words[slot + INTERPRETER.HOLDER]!;
    // After a release that was asked for, another must have had it first (FORCE_SWITCHING), if there is another.
    const barred = words[slot + INTERPRETER.BARRED] === this.tid && !isEmpty(heap, slot + SLOT.SLEEPERS);
    if (holder === 0 && !barred) {
      wait.reset();
      this.hold();
      return undefined;
    }
    const switches = words[slot + INTERPRETER.SWITCHES]!;
    const byInterval = words[slot + INTERPRETER.SWITCHING] === BY_INTERVAL;
    if (holder !== 0 && wait.expired && switches === this.switchesSeen && byInterval)
      Atomics.store(words, slot + INTERPRETER.ASKED, 1);
    this.switchesSeen = switches;
    wait.reset();
    const intervalNs = heap.doubles[(slot + INTERPRETER.INTERVAL_NS) >> 1]!;
    return wait.sleep(slot, SLOT.SLEEPERS, byInterval ? intervalNs : -1);
  }

  /** The slot is locked, and nobody has the lock. */
  private hold(): void {
    const { words } = this.heap;
    const { slot } = this;
    Atomics.store(words, slot + INTERPRETER.HOLDER, this.tid);
    Atomics.store(words, slot + INTERPRETER.ASKED, 0);
    words[slot + INTERPRETER.BARRED] = 0;
    if (words[slot + INTERPRETER.LAST_HOLDER] !== this.tid) Atomics.add(words, slot + INTERPRETER.SWITCHES, 1);
    words[slot + INTERPRETER.LAST_HOLDER] = this.tid;
    this.takenMs = performance.now();
  }

  /** Lets go, where the thread has it: before it waits. */
  release(): void {
    if (this.locks && this.held) this.letGo(Atomics.load(this.heap.words, this.slot + INTERPRETER.ASKED) !== 0);
  }

  private letGo(forced: boolean): void {
    const { heap, slot } = this;
    heap.relock(slot);
    const { words } = heap;
    const barred = forced && words[slot + INTERPRETER.SWITCHING] === BY_INTERVAL;
    words[slot + INTERPRETER.BARRED] = barred ? this.tid : 0;
    Atomics.store(words, slot + INTERPRETER.HOLDER, 0);
    Atomics.store(words, slot + INTERPRETER.ASKED, 0);
    wakeOne(heap, slot + SLOT.SLEEPERS);
    heap.leave(slot);
  }
}

/** A thread has ended, perhaps with the lock, or woken to take it. The slot is locked. */
export function interpreterThreadEnded(heap: SharedHeap, slot: number, tid: number): void {
  const { words } = heap;
  dropThread(heap, slot + SLOT.SLEEPERS, tid);
  if (words[slot + INTERPRETER.BARRED] === tid) words[slot + INTERPRETER.BARRED] = 0;
  if (words[slot + INTERPRETER.HOLDER] === tid) Atomics.store(words, slot + INTERPRETER.HOLDER, 0);
  if (words[slot + INTERPRETER.HOLDER] === 0) wakeOne(heap, slot + SLOT.SLEEPERS);
}
