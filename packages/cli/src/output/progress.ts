/** One line on the terminal that says how far a long run is. Only where a person looks at it (standard error is a terminal), and not at once. */
import type { Io } from '../io.ts';

const FIRST_MS = 400;
const EVERY_MS = 100;

export class Progress {
  private readonly start = performance.now();
  private last = 0;
  private shown = false;

  constructor(
    private readonly io: Io,
    private readonly enabled: boolean,
  ) {}

  /** Shows the line where it is time to. */
  show(line: () => string): void {
    const now = performance.now();
    if (!this.enabled || now - this.start < FIRST_MS || now - this.last < EVERY_MS) return;
    this.last = now;
    const columns = this.io.stderr.columns ?? 80;
    this.io.stderr.write(`\r\x1b[2K${line().slice(0, columns - 1)}`);
    this.shown = true;
  }

  readonly clear = (): void => {
    if (this.shown) this.io.stderr.write('\r\x1b[2K');
    this.shown = false;
  };

  get elapsedMs(): number {
    return performance.now() - this.start;
  }
}

/** Whether a progress line may be shown at all. */
export function watched({ stderr, env }: Io): boolean {
  return stderr.isTTY === true && env.TERM !== 'dumb' && env.CI === undefined;
}
