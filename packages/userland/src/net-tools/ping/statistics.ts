/** What ping counts, and how it says so. Times are whole microseconds, as in the real one; no floating point. */
import { integerSqrt } from '../../lib/numbers.ts';

export class PingStatistics {
  transmitted = 0;
  received = 0;
  duplicates = 0;
  errors = 0;
  private minUs = Number.MAX_SAFE_INTEGER;
  private maxUs = 0;
  private sumUs = 0;
  private sumSquares = 0;
  private timed = 0;
  /** Exponentially weighted average times eight. */
  private ewma = 0;
  private pipe = 0;
  private readonly answered = new Set<number>();

  get longestUs(): number {
    return this.maxUs;
  }

  /** An answer, good or bad, to that sequence number came back: how many were under way at most. */
  acknowledge(sequence: number): void {
    this.pipe = Math.max(this.pipe, this.transmitted - sequence + 1);
  }

  /** True when the reply is a duplicate. */
  reply(sequence: number, tripUs: number | undefined): boolean {
    const duplicate = this.answered.has(sequence);
    this.answered.add(sequence);
    if (duplicate) this.duplicates++;
    else {
      this.received++;
      this.acknowledge(sequence);
    }
    if (tripUs !== undefined) this.time(tripUs);
    return duplicate;
  }

  private time(us: number): void {
    this.timed++;
    this.minUs = Math.min(this.minUs, us);
    this.maxUs = Math.max(this.maxUs, us);
    this.sumUs += us;
    this.sumSquares += us * us;
    this.ewma = this.ewma === 0 ? us * 8 : this.ewma + us - Math.floor(this.ewma / 8);
  }

  private lossText(): string {
    return formatPercent(this.transmitted - this.received, this.transmitted);
  }

  /** The lines at the end. */
  summary(target: string, spentMs: number, ipg: boolean): string {
    const { transmitted, received, duplicates, errors } = this;
    let text = `\n--- ${target} ping statistics ---\n${transmitted} packets transmitted, ${received} received`;
    if (duplicates > 0) text += `, +${duplicates} duplicates`;
    if (errors > 0) text += `, +${errors} errors`;
    if (transmitted > 0) text += `, ${this.lossText()}% packet loss, time ${spentMs}ms`;
    text += '\n';
    const parts: string[] = [];
    if (received > 0 && this.timed > 0) parts.push(`rtt min/avg/max/mdev = ${this.rttText()}`);
    if (this.pipe > 1) parts.push(`pipe ${this.pipe}`);
    if (received > 0 && ipg && transmitted > 1) {
      const gap = Math.floor((spentMs * 1000) / (transmitted - 1));
      parts.push(`ipg/ewma ${ms(gap)}/${ms(Math.floor(this.ewma / 8))} ms`);
    }
    return `${text}${parts.join(', ')}\n`;
  }

  private rttText(): string {
    const average = Math.floor(this.sumUs / this.timed);
    const variance = Math.floor(this.sumSquares / this.timed) - average * average;
    return `${ms(this.minUs)}/${ms(average)}/${ms(this.maxUs)}/${ms(integerSqrt(Math.max(0, variance)))} ms`;
  }

  /** What SIGQUIT shows while ping goes on. */
  status(): string {
    const { transmitted, received } = this;
    const loss = transmitted === 0 ? '0' : String(Math.floor(((transmitted - received) * 100) / transmitted));
    let text = `\r${received}/${transmitted} packets, ${loss}% loss`;
    if (this.timed > 0) {
      const average = Math.floor(this.sumUs / this.timed);
      text += `, min/avg/ewma/max = ${ms(this.minUs)}/${ms(average)}/${ms(Math.floor(this.ewma / 8))}/${ms(this.maxUs)} ms`;
    }
    return `${text}\n`;
  }
}

/** Microseconds as milliseconds with three decimals. */
function ms(us: number): string {
  return `${Math.floor(us / 1000)}.${String(us % 1000).padStart(3, '0')}`;
}

/** `%g` of part * 100 / whole: six significant digits, rounded half up, no trailing zeros. */
export function formatPercent(part: number, whole: number): string {
  const integer = Math.floor((part * 100) / whole);
  let scale = 1;
  for (let digits = String(integer).length; digits < 6; digits++) scale *= 10;
  if (integer === 0) scale *= 10;
  const scaled = Math.floor((part * 100 * scale * 2 + whole) / (whole * 2));
  const text = String(scaled % scale)
    .padStart(String(scale).length - 1, '0')
    .replace(/0+$/, '');
  return text === '' ? String(Math.floor(scaled / scale)) : `${Math.floor(scaled / scale)}.${text}`;
}

/** ` time=…`: the more digits, the shorter the trip. */
export function formatTrip(us: number): string {
  if (us >= 100_000) return `${Math.floor((us + 500) / 1000)} ms`;
  if (us >= 10_000) return `${Math.floor((us + 50) / 1000)}.${Math.floor(((us + 50) % 1000) / 100)} ms`;
  if (us >= 1000)
    return `${Math.floor((us + 5) / 1000)}.${String(Math.floor(((us + 5) % 1000) / 10)).padStart(2, '0')} ms`;
  return `${ms(us)} ms`;
}
