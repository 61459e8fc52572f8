/** What the connections of one HTTP server share: limits, clock, log, and the pages of their errors. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { EventLoop } from '../../lib/event-loop.ts';
import { formatHttpDate } from '../date.ts';
import type { Fields } from '../fields.ts';
import { formatFields, reasonOf } from '../message.ts';
import type { AccessLog } from './access-log.ts';

export interface ServerLimits {
  /** How long an idle connection is kept. */
  readonly keepaliveNs: number;
  /** How long a request's head may take, a response may lie unread, a silent client may stay. */
  readonly timeoutNs: number;
  /** Request bodies beyond this are refused with 413. */
  readonly maxBodyBytes: number;
  /** Connections beyond this are told 503. */
  readonly maxConnections: number;
}

const NS_PER_SECOND = 1_000_000_000;

export class ServerContext {
  private dateSeconds = -1;
  private dateText = '';

  constructor(
    readonly sys: Sys,
    readonly loop: EventLoop,
    /** The program, for messages. */
    readonly program: string,
    /** The Server field. */
    readonly server: string,
    readonly limits: ServerLimits,
    readonly log: AccessLog | undefined,
  ) {}

  /** Fields that many responses share, ready to be sent. */
  formatFields(fields: Fields): string {
    if (!fields.has('server')) fields.add('Server', this.server);
    return formatFields(fields);
  }

  /** Wall clock of this round of the loop. */
  get epochSeconds(): number {
    return Math.floor(this.loop.epochNs / NS_PER_SECOND);
  }

  /** The Date field: made once a second. */
  get date(): string {
    const { epochSeconds } = this;
    if (epochSeconds !== this.dateSeconds) {
      this.dateSeconds = epochSeconds;
      this.dateText = formatHttpDate(epochSeconds);
    }
    return this.dateText;
  }
}

/** A short page for people; the status line is for programs. */
export function errorPage(status: number): Uint8Array {
  const title = `${status} ${reasonOf(status)}`;
  return encodeUtf8(
    `<!doctype html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1></body></html>\n`,
  );
}

export const ERROR_PAGE_TYPE = 'text/html; charset=utf-8';
