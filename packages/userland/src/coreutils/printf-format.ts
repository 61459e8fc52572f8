/** printf(1): a format applied to its arguments as often as there are arguments (POSIX printf). Works on byte strings. */
import { echoText, formatEscape } from './escapes.ts';
import { formatExponential, formatFixed, formatGeneral } from './float-format.ts';

export interface Formatted {
  readonly text: string;
  /** Arguments that are not the numbers they should be; the output goes on without them. */
  readonly problems: readonly { readonly value: string; readonly problem: string }[];
  /** A format that cannot be used; the output ends before it. */
  readonly fatal: string | undefined;
}

const MAX_WIDTH = 100_000;
const MAX_INT = 9223372036854775807n;
const DIRECTIVE = /^([-+ #0]*)(\*|[0-9]*)(?:\.(\*|[0-9]*))?([\s\S]?)/;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly conversion: string;
}

class Formatter {
  text = '';
  readonly problems: { value: string; problem: string }[] = [];
  fatal: string | undefined;
  private next = 0;

  constructor(
    private readonly format: string,
    private readonly values: readonly string[],
  ) {}

  run(): void {
    do {
      const before = this.next;
      if (!this.once() || this.next === before) return;
    } while (this.next < this.values.length);
  }

  private take(): string | undefined {
    return this.values[this.next++];
  }

  /** One pass over the format; false ends all output. */
  private once(): boolean {
    const { format } = this;
    for (let i = 0; i < format.length; ) {
      const c = format[i]!;
      if (c === '\\') {
        const [text, length] = formatEscape(format, i + 1);
        this.text += text;
        i += 1 + length;
      } else if (c !== '%') {
        this.text += c;
        i++;
      } else if (format[i + 1] === '%') {
        this.text += '%';
        i += 2;
      } else {
        const match = DIRECTIVE.exec(format.slice(i + 1, i + 64))!;
        if (!this.directive(match)) return false;
        i += 1 + match[0].length;
      }
    }
    return true;
  }

  private directive(match: RegExpExecArray): boolean {
    if (match[4] === '') return this.fail('missing format character');
    if (!'diouxXcsbfFeEgG'.includes(match[4]!)) return this.fail(`%${match[0]}: invalid directive`);
    let flags = match[1]!;
    let width = match[2] === '*' ? this.star() : Number(match[2]);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    const stated = match[3] === '*' ? this.star() : match[3] === undefined ? undefined : Number(match[3]);
    const precision = stated === undefined || stated < 0 ? undefined : stated;
    if (width > MAX_WIDTH || (precision ?? 0) > MAX_WIDTH)
      return this.fail(`%${match[0]}: Numerical result out of range`);
    return this.convert({ flags, width, precision, conversion: match[4]! });
  }

  private star(): number {
    return Number(this.integer(this.take()));
  }

  private fail(message: string): false {
    this.fatal = message;
    return false;
  }

  private convert(directive: Directive): boolean {
    const { conversion, precision } = directive;
    const value = this.take();
    if (conversion === 'b') {
      const { text, stop } = echoText(value ?? '');
      this.text += pad(directive, precision === undefined ? text : text.slice(0, precision), '');
      return !stop;
    }
    if (conversion === 's') this.text += pad(directive, (value ?? '').slice(0, precision), '');
    else if (conversion === 'c')
      this.text += pad(directive, value === undefined || value === '' ? '\0' : value[0]!, '');
    else if ('diouxX'.includes(conversion)) this.text += formatInteger(directive, this.integer(value));
    else this.text += formatFloat(directive, this.float(value));
    return true;
  }

  private integer(value: string | undefined): bigint {
    if (value === undefined || value === '') return 0n;
    const quote = this.quotedCharacter(value);
    if (quote !== undefined) return BigInt(quote);
    const match = /^[ \t\n\v\f\r]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/.exec(value);
    if (match === null) return BigInt(this.problem(value, 'expected numeric value'));
    if (match[0].length < value.length) this.problem(value, 'not completely converted');
    const digits = match[2]!;
    const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const number = match[1] === '-' ? -magnitude : magnitude;
    if (number <= MAX_INT && number >= -MAX_INT - 1n) return number;
    this.problem(value, 'Numerical result out of range');
    return number > 0n ? MAX_INT : -MAX_INT - 1n;
  }

  private float(value: string | undefined): number {
    if (value === undefined || value === '') return 0;
    const quote = this.quotedCharacter(value);
    if (quote !== undefined) return quote;
    const match =
      /^[ \t\n\v\f\r]*[-+]?(?:[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|inf(?:inity)?|nan)/i.exec(
        value,
      );
    if (match === null) return this.problem(value, 'expected numeric value');
    if (match[0].length < value.length) this.problem(value, 'not completely converted');
    const text = match[0].trim().toLowerCase();
    if (text.includes('inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return text.includes('nan') ? Number.NaN : Number(text);
  }

  /** `'a` and `"a` are the value of the character. */
  private quotedCharacter(value: string): number | undefined {
    if (value[0] !== "'" && value[0] !== '"') return undefined;
    if (value.length > 2) this.problem(value, 'not completely converted');
    return value.length > 1 ? value.charCodeAt(1) : 0;
  }

  private problem(value: string, problem: string): 0 {
    this.problems.push({ value, problem });
    return 0;
  }
}

/** Pads to the width; zeros go between the sign and the digits. */
function pad({ flags, width }: Directive, text: string, sign: string, zeros = false): string {
  const room = width - text.length - sign.length;
  if (room <= 0) return sign + text;
  if (flags.includes('-')) return sign + text + ' '.repeat(room);
  return zeros && flags.includes('0') ? sign + '0'.repeat(room) + text : ' '.repeat(room) + sign + text;
}

function signOf({ flags }: Directive, negative: boolean): string {
  return negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

function formatInteger(directive: Directive, value: bigint): string {
  const { conversion, precision, flags } = directive;
  const signed = conversion === 'd' || conversion === 'i';
  const magnitude = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  const base = conversion === 'o' ? 8 : conversion === 'x' || conversion === 'X' ? 16 : 10;
  let digits = magnitude.toString(base);
  if (precision !== undefined) digits = precision === 0 && magnitude === 0n ? '' : digits.padStart(precision, '0');
  let prefix = signed ? signOf(directive, value < 0n) : '';
  if (flags.includes('#') && magnitude !== 0n) {
    if (base === 16) prefix = '0x';
    else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
  }
  const text = pad(directive, digits, prefix, precision === undefined);
  return conversion === 'X' ? text.toUpperCase() : text;
}

function formatFloat(directive: Directive, value: number): string {
  const { conversion } = directive;
  const precision = directive.precision ?? 6;
  const kind = conversion.toLowerCase();
  const form = kind === 'f' ? formatFixed : kind === 'e' ? formatExponential : formatGeneral;
  const text = form(value, precision);
  const negative = text.startsWith('-');
  const padded = pad(directive, negative ? text.slice(1) : text, signOf(directive, negative), Number.isFinite(value));
  return conversion === kind ? padded : padded.toUpperCase();
}

export function formatAll(format: string, values: readonly string[]): Formatted {
  const formatter = new Formatter(format, values);
  formatter.run();
  const { text, problems, fatal } = formatter;
  return { text, problems, fatal };
}
