/**
 * Interpreter locks as data: the versions of CPython that the notes speak of. Times are those of a present-day server; a lab may give its own, and the
 * comparison with CPython calibrates rates over seeds, never single outcomes.
 */
export interface InterpreterProfile {
  readonly name: string;
  /**
   * How the lock changes hands while its holder computes. `interval` (3.2 and later): a waiter asks after so long and the holder must let another have it.
   * `check` (up to 3.1): the holder lets go and takes it again every so often, and who comes first has it. `none`: threads run side by side.
   */
  readonly switching: 'interval' | 'check' | 'none';
  /** sys.getswitchinterval(), 5 ms; or the time of sys.getcheckinterval() instructions. */
  readonly intervalNs: number;
  /** The interval is longer by up to this much, evenly drawn: condition variables time out late. */
  readonly jitterNs: number;
  /** From the release of the lock until a waiter runs: between the two, evenly drawn. */
  readonly wakeUpMinNs: number;
  readonly wakeUpMaxNs: number;
  /** `check`: how long the lock is free before its holder takes it back. */
  readonly retakeNs: number;
  /** One instruction of the interpreter: what a load or store of a shared cell costs on top. */
  readonly instructionNs: number;
  /** A call of a library function that is written in Python itself: print, Queue.put, the beginning and the end of a thread. */
  readonly callNs: number;
}

export const INTERPRETERS = {
  '2.7': {
    name: 'cpython-2.7',
    switching: 'check',
    intervalNs: 3_000,
    jitterNs: 0,
    wakeUpMinNs: 3_000,
    wakeUpMaxNs: 60_000,
    retakeNs: 300,
    instructionNs: 30,
    callNs: 800,
  },
  '3.11': {
    name: 'cpython-3.11',
    switching: 'interval',
    intervalNs: 5_000_000,
    jitterNs: 120_000,
    wakeUpMinNs: 5_000,
    wakeUpMaxNs: 80_000,
    retakeNs: 0,
    instructionNs: 15,
    callNs: 400,
  },
  'free-threaded': {
    name: 'cpython-3.13t',
    switching: 'none',
    intervalNs: 0,
    jitterNs: 0,
    wakeUpMinNs: 0,
    wakeUpMaxNs: 0,
    retakeNs: 0,
    instructionNs: 20,
    callNs: 500,
  },
} as const satisfies Readonly<Record<string, InterpreterProfile>>;

export type InterpreterVersion = keyof typeof INTERPRETERS;
