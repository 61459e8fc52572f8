/** How an attempt ends, the same for all clients: what is kept of the part, whether it is worth trying again, and the result that tells of it. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { DiskFailure, type PartFile } from './part-file.ts';
import type { Attempt, Result } from './scheduler.ts';
import type { TimeLimits } from './time-limits.ts';
import { Trouble } from './trouble.ts';

export interface FetchSettings extends TimeLimits {
  /** Goes on with what an earlier run left, and leaves what it could not finish. */
  readonly resume: boolean;
}

export class Conclusion {
  /** What is known of the response so far. */
  readonly known = { status: 0, type: '', validator: '' };

  private constructor(
    private readonly sys: Sys,
    private readonly attempt: Attempt,
    private readonly file: PartFile,
    private readonly settings: FetchSettings,
    readonly startNs: number,
  ) {}

  static async create(sys: Sys, attempt: Attempt, file: PartFile, settings: FetchSettings): Promise<Conclusion> {
    return new Conclusion(sys, attempt, file, settings, await sys.clock_gettime('monotonic'));
  }

  /** The body is in the file. */
  async finished(): Promise<Result> {
    try {
      const sha256 = await this.file.finish();
      return await this.result({ ok: true, sha256, reason: '', again: false, disk: false, retryAfterNs: 0 });
    } catch (error) {
      return this.failed(error);
    }
  }

  /** `error` is `Trouble` or a `DiskFailure`; anything else is a bug and is thrown on. */
  async failed(error: unknown): Promise<Result> {
    const disk = error instanceof DiskFailure;
    if (!disk && !(error instanceof Trouble)) throw error;
    const { known, file, settings } = this;
    const again = !disk && error.again;
    const goesOn = again && known.validator !== '' && file.bytes > 0;
    await file.abandon(goesOn || (settings.resume && known.validator !== ''));
    if (!goesOn) known.validator = '';
    const retryAfterNs = disk ? 0 : error.waitNs;
    return this.result({ ok: false, sha256: '', reason: error.message, again, disk, retryAfterNs });
  }

  private async result(
    end: Pick<Result, 'ok' | 'sha256' | 'reason' | 'again' | 'disk' | 'retryAfterNs'>,
  ): Promise<Result> {
    const tookNs = (await this.sys.clock_gettime('monotonic')) - this.startNs;
    const { status, type, validator } = this.known;
    const { ok, sha256, reason, again, disk, retryAfterNs } = end;
    const { index } = this.attempt;
    const { bytes } = this.file;
    return { index, ok, status, type, bytes, sha256, reason, again, disk, validator, retryAfterNs, tookNs };
  }
}
