/**
 * Signal-driven I/O (fcntl(2), F_SETOWN, F_SETSIG, O_ASYNC): the owner of an open file gets a signal when its readiness changes, and then does the
 * copying itself. Waits on the file's queue like a poll that never ends.
 */
import type { OpenFile } from '../kernel/open-file.ts';
import { READY } from '../kernel/readiness.ts';
import { ANY_EVENT, type Waiter } from '../kernel/wait-queue.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './process-table.ts';
import type { SignalCode, SignalInfo, SignalName } from './signals.ts';

/** What si_code says, for the first bit that is set. */
const CODES: readonly (readonly [number, SignalCode])[] = [
  [READY.IN, 'POLL_IN'],
  [READY.OUT, 'POLL_OUT'],
  [READY.ERR, 'POLL_ERR'],
  [READY.PRI, 'POLL_PRI'],
  [READY.HUP, 'POLL_HUP'],
];

export class SignalIo implements Waiter {
  /** A process, or with a minus a group; 0 for nobody. */
  owner = 0;
  /** As F_SETSIG chose; SIGIO without details where it did not. */
  signal: SignalName | undefined;
  private armed = false;

  constructor(
    private readonly processes: ProcessTable,
    private readonly file: OpenFile,
    private readonly fd: number,
  ) {}

  get enabled(): boolean {
    return this.armed;
  }

  /** O_ASYNC on or off. */
  enable(on: boolean): void {
    if (on === this.armed) return;
    this.armed = on;
    if (on) this.file.waiters.add(this);
    else this.file.waiters.remove(this);
  }

  wake(mask: number): boolean {
    const now = this.file.readiness();
    const bits = mask === ANY_EVENT ? now : mask & now;
    const code = CODES.find(([bit]) => (bits & bit) !== 0)?.[1];
    if (code !== undefined)
      for (const process of this.owners()) this.processes.signals.send(process, this.info(code, now));
    return true;
  }

  private owners(): readonly Process[] {
    if (this.owner < 0) return this.processes.group(-this.owner);
    const process = this.processes.get(this.owner);
    return process === undefined ? [] : [process];
  }

  /** Only a signal that was chosen comes with the descriptor (fcntl(2), F_SETSIG). */
  private info(code: SignalCode, band: number): SignalInfo {
    if (this.signal === undefined) return { signal: 'SIGIO', code: 'SI_KERNEL', pid: 0, uid: 0 };
    return { signal: this.signal, code, pid: 0, uid: 0, fd: this.fd, band };
  }
}
