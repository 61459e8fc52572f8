/** The access log in the common log format, as every log reader knows it. Lines are written together, once a round of the loop. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from '../../lib/event-loop.ts';
import { errorText } from '../../lib/failure.ts';
import { StartError } from '../../lib/serving.ts';
import { printError, writeAll } from '../../lib/stdio.ts';
import { formatLogDate } from '../date.ts';

export interface AccessEntry {
  readonly client: string;
  /** The user that proved to be it. */
  readonly user?: string;
  readonly epochSeconds: number;
  /** The request line; undefined where none could be read. */
  readonly request?: string;
  readonly status: number;
  /** Bytes of body sent. */
  readonly bytes: number;
  /** What a server adds at the end of the line, such as the backend that answered. */
  readonly note?: string;
}

/** Quotes, backslashes and control characters are escaped, so that no client can write log lines of its own. */
function escapeLog(text: string): string {
  return text.replace(/[^ -~]|["\\]/g, (char) =>
    char === '"' || char === '\\' ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

export function formatAccess(entry: AccessEntry): string {
  const request = entry.request === undefined ? '-' : escapeLog(entry.request);
  const user = entry.user === undefined ? '-' : escapeLog(entry.user).replace(/ /g, '\\x20');
  const bytes = entry.bytes === 0 ? '-' : String(entry.bytes);
  const note = entry.note === undefined ? '' : ` ${escapeLog(entry.note)}`;
  return `${entry.client} - ${user} [${formatLogDate(entry.epochSeconds)}] "${request}" ${entry.status} ${bytes}${note}\n`;
}

export class AccessLog {
  private text = '';
  private failing = false;

  private constructor(
    private readonly sys: Sys,
    private readonly loop: EventLoop,
    private readonly program: string,
    private readonly path: string,
    private readonly fd: number,
  ) {}

  /** Appends to a file, made where it is missing. */
  private static async open(sys: Sys, loop: EventLoop, program: string, path: string): Promise<AccessLog> {
    const fd = await sys.open(path, { write: true, create: true, append: true, cloexec: true });
    return new AccessLog(sys, loop, program, path, fd);
  }

  /** The same for a program that starts: no log without a path, one line where it cannot be opened. */
  static async openOrSay(
    sys: Sys,
    loop: EventLoop,
    program: string,
    path: string | undefined,
  ): Promise<AccessLog | undefined> {
    if (path === undefined) return undefined;
    try {
      return await AccessLog.open(sys, loop, program, path);
    } catch (error) {
      throw new StartError(`${program}: ${path}: ${errorText(error)}`);
    }
  }

  add(entry: AccessEntry): void {
    if (this.text === '') this.loop.soon(() => this.flush());
    this.text += formatAccess(entry);
  }

  /** A log that cannot be written (a full disk) is said once, and no reason to leave the clients alone. */
  async flush(): Promise<void> {
    const { text } = this;
    this.text = '';
    try {
      if (text !== '') await writeAll(this.sys, this.fd, text);
      this.failing = false;
    } catch (error) {
      const why = errorText(error);
      if (!this.failing) await printError(this.sys, `${this.program}: ${this.path}: ${why}\n`);
      this.failing = true;
    }
  }
}
