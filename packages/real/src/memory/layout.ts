/**
 * Where things lie in the shared heap. Addresses are bytes from its beginning; words are `address >> 2` of an Int32Array over it.
 *
 * The header is followed by blocks (`shared-heap.ts`). Objects live in *slots* of one cache line each, which are never given back for another use: their
 * lock words stay lock words, so a thread with an old number locks, looks, and finds that the object is gone.
 */

/** Words of the header. */
export const HEADER = {
  /** Rises when the heap has grown: views have to be made again. */
  GROWTHS: 1,
  ALLOCATOR_LOCK: 2,
  /** First byte that no block has had. */
  TOP: 3,
  DIRECTORY_LOCK: 4,
  /** Slots that have ever been used. */
  SLOTS: 5,
  /** Index of the first free slot; -1 for none. */
  FREE_SLOT: 6,
  REGISTRY_LOCK: 7,
  /** Address of the first thread's record. */
  THREADS: 8,
  /** Bytes in blocks that are in use. */
  USED: 9,
} as const;

/** Heads of the lists of free blocks, one per size class. */
export const FREE_LISTS = 16;
export const SIZE_CLASSES = 104;
/** Addresses of the chunks of slots. */
export const DIRECTORY = 128;
export const DIRECTORY_WORDS = 1024;
export const HEADER_BYTES = (DIRECTORY + DIRECTORY_WORDS) * 4;

export const SLOT_WORDS = 16;
export const SLOT_BYTES = SLOT_WORDS * 4;
export const SLOTS_PER_CHUNK_BITS = 10;
export const SLOTS_PER_CHUNK = 1 << SLOTS_PER_CHUNK_BITS;
/** A number is the slot's index, plus this for each object that the slot has had before. */
export const INDEX_BITS = 20;
export const GENERATION = 1 << INDEX_BITS;
/** Objects from here up lie in the root process (`kernel-memory.ts`). */
export const FIRST_ROOT_NUMBER = 1_000_000_000;

/** Words of every slot. */
export const SLOT = {
  LOCK: 0,
  /** The object's number; negative once it was destroyed while threads slept on it; the next number where the slot is free. */
  NUMBER: 1,
  /** A `KIND`, or 0 where the slot is free. */
  KIND: 2,
  /** How threads have used it (`statistics.ts`): a block, and how many records it has. */
  USES: 3,
  USE_COUNT: 4,
  /** Sleepers: head and tail. A lock for readers and writers has a second queue, of writers. */
  SLEEPERS: 5,
  WRITERS: 7,
  /** In a free slot the index of the next one. */
  NEXT_FREE: 5,
} as const;

export const KIND = {
  CELL: 1,
  LIST: 2,
  MUTEX: 3,
  CONDITION: 4,
  SEMAPHORE: 5,
  RWLOCK: 6,
  BARRIER: 7,
  INTERPRETER: 8,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** A cell's value, four words (`values.ts`). */
export const CELL_VALUE = 12;
export const LIST = { ITEMS: 9, CAPACITY: 10, START: 11, LENGTH: 12 } as const;
export const MUTEX = { OWNER: 9, DEPTH: 10, HEALTH: 11, TYPE: 12, ROBUST: 13 } as const;
export const SEMAPHORE_VALUE = 9;
export const RWLOCK = { WRITER: 9, READERS: 10, READER_COUNT: 11, CAPACITY: 12, PREFER_WRITERS: 13 } as const;
export const BARRIER = { PARTIES: 9, ARRIVED: 10, ROUND: 11 } as const;
/** The interpreter lock counts no uses; its profile's block and length lie in those words. The interval is a double, in nanoseconds. */
export const INTERPRETER = {
  PROFILE: 3,
  PROFILE_BYTES: 4,
  LAST_HOLDER: 7,
  HOLDER: 9,
  ASKED: 10,
  BARRED: 11,
  SWITCHES: 12,
  SWITCHING: 13,
  INTERVAL_NS: 14,
} as const;

/** Words of a sleeper in a queue. */
export const SLEEPER = { STATE: 0, NEXT: 1, PREVIOUS: 2, TID: 3, QUEUE: 4 } as const;
export const SLEEPER_BYTES = 32;
/** Bits of a sleeper's state; 0 is asleep. */
export const WOKEN = 1;
export const INTERRUPTED = 2;

/** Words of a thread's record. */
export const THREAD = { NEXT: 0, TID: 1, INTERRUPTED: 2, SLEEPER: 3 } as const;
export const THREAD_BYTES = 16;
