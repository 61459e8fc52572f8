/**
 * A terminal with the line discipline of termios(3) in canonical mode: lines are edited before they are read, typed characters are echoed,
 * Ctrl-C and Ctrl-\ signal the foreground process group, Ctrl-D ends the input. The keyboard and the screen are outside the world: `type` brings
 * input in, `onOutput` shows what programs print.
 */
import { concatBytes } from '../base/bytes.ts';
import { encodeUtf8 } from '../base/utf8.ts';
import type { Call } from '../kernel/call.ts';
import { type FileStatus, OpenFile } from '../kernel/open-file.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { READY } from '../kernel/readiness.ts';
import type { SignalName } from './signals.ts';

const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const CTRL_U = 21;
const CTRL_BACKSLASH = 28;
const DELETE = 127;
const EMPTY = new Uint8Array(0);

export interface TerminalHost {
  signalGroup(pgid: number, signal: SignalName): void;
  readonly status: FileStatus;
}

export class Terminal extends OpenFile {
  readonly what = 'CHR';
  /** The process group that Ctrl-C reaches. */
  foreground = 0;
  echo = true;
  private line: number[] = [];
  /** Finished lines; an empty one is an end of file. */
  private readonly lines: Uint8Array[] = [];
  private closed = false;

  constructor(
    private readonly host: TerminalHost,
    private readonly onOutput: (data: Uint8Array) => void,
  ) {
    super();
  }

  override get isTerminal(): boolean {
    return true;
  }

  readiness(): number {
    return READY.OUT | (this.lines.length > 0 || this.closed ? READY.IN : 0);
  }

  status(): FileStatus {
    return this.host.status;
  }

  /** Keys pressed at the keyboard, as bytes. */
  type(keys: Uint8Array): void {
    for (const key of keys) this.press(key);
  }

  /** The keyboard is gone: reads see the end of file, the foreground group SIGHUP. */
  hangUp(): void {
    this.closed = true;
    this.host.signalGroup(this.foreground, 'SIGHUP');
    this.waiters.wake(READY.IN);
  }

  private press(key: number): void {
    if (key === CTRL_C || key === CTRL_BACKSLASH) {
      this.line = [];
      // As ECHOCTL shows it; the new line is up to the program that was interrupted.
      this.show(encodeUtf8(key === CTRL_C ? '^C' : '^\\'));
      this.host.signalGroup(this.foreground, key === CTRL_C ? 'SIGINT' : 'SIGQUIT');
    } else if (key === CTRL_D) this.endLine();
    else if (key === DELETE || key === BACKSPACE) this.erase();
    else if (key === CTRL_U) while (this.line.length > 0) this.erase();
    else {
      const byte = key === 13 ? 10 : key;
      this.line.push(byte);
      this.show(Uint8Array.of(byte));
      if (byte === 10) this.endLine();
    }
  }

  private endLine(): void {
    this.lines.push(Uint8Array.from(this.line));
    this.line = [];
    this.waiters.wake(READY.IN);
  }

  /** Takes back one character: all bytes of a UTF-8 sequence. */
  private erase(): void {
    if (this.line.length === 0) return;
    while ((this.line.pop()! & 0xc0) === 0x80 && this.line.length > 0);
    this.show(encodeUtf8('\b \b'));
  }

  private show(data: Uint8Array): void {
    if (this.echo) this.onOutput(data);
  }

  override read(call: Call, length: number): Outcome<Uint8Array> {
    const line = this.lines[0];
    if (line === undefined) return this.closed ? EMPTY : this.block(call);
    if (line.length <= length) {
      this.lines.shift();
      return line;
    }
    this.lines[0] = line.slice(length);
    return line.slice(0, length);
  }

  override write(_call: Call, data: Uint8Array): Outcome<number> {
    this.onOutput(data.slice());
    return data.length;
  }

  protected release(): void {}
}

/** Where a lab collects what a program prints: the other end of its standard output. */
export class OutputSink extends OpenFile {
  readonly what = 'FIFO';
  private readonly parts: Uint8Array[] = [];

  constructor(
    private readonly state: FileStatus,
    private readonly onWrite: ((data: Uint8Array) => void) | undefined = undefined,
  ) {
    super();
  }

  get bytes(): Uint8Array {
    return concatBytes(this.parts);
  }

  readiness(): number {
    return READY.OUT;
  }

  status(): FileStatus {
    return this.state;
  }

  override write(_call: Call, data: Uint8Array): Outcome<number> {
    const copy = data.slice();
    this.parts.push(copy);
    this.onWrite?.(copy);
    return copy.length;
  }

  protected release(): void {}
}

/** Standard input that a lab gives to a program: bytes, then the end of file. */
export class InputSource extends OpenFile {
  readonly what = 'FIFO';
  private at = 0;

  constructor(
    private readonly data: Uint8Array,
    private readonly state: FileStatus,
  ) {
    super();
  }

  readiness(): number {
    return READY.IN;
  }

  status(): FileStatus {
    return this.state;
  }

  override read(_call: Call, length: number): Outcome<Uint8Array> {
    const part = this.data.slice(this.at, this.at + length);
    this.at += part.length;
    return part;
  }

  protected release(): void {}
}
