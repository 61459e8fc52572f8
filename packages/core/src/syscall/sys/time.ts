/** Clocks, sleeping, declared work, randomness. */
export interface TimeCalls {
  clock_gettime(clock: 'realtime' | 'monotonic'): Promise<number>;
  nanosleep(ns: number): Promise<void>;
  /** Declared computation: takes so much CPU time of this thread. */
  cpu(ns: number): Promise<void>;
  getrandom(length: number): Promise<Uint8Array>;
}
