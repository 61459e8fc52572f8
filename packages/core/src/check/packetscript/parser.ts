/**
 * A packet script's text to its events. The language is packetdrill's: options, set-up commands, then events of a time and a packet, a system
 * call, a command or code. Promises: any text ends in a `Script` or in a `CannotRun` that names the line.
 */
import type {
  Code,
  Command,
  EventTime,
  Expression,
  Field,
  PacketSpec,
  Script,
  ScriptEvent,
  ScriptOption,
  SystemCall,
} from './ast.ts';
import { tokens } from './lexer.ts';
import { parsePacket } from './packet-parser.ts';
import { CannotRun } from './problem.ts';
import { TokenStream } from './token-stream.ts';

const US_PER_SECOND = 1_000_000;
/** Virtual time ends after 100 days; no script comes near. */
const SECONDS_MAX = 8_000_000;
const NESTING_MAX = 50;

export function parseScript(text: string): Script {
  const t = new TokenStream(tokens(text));
  const options: ScriptOption[] = [];
  const events: ScriptEvent[] = [];
  for (;;) {
    const { kind, text: word, line } = t.peek();
    if (kind === 'end' && events.length === 0) throw new CannotRun(line, 'syntax: a script without events');
    if (kind === 'end') return { options, events };
    if (kind === 'option') {
      const [, name = '', value] = /^--(\w+)\s*(?:=\s*(.*))?$/s.exec(word)!;
      options.push({ name, value: value?.replace(/^"(.*)"$/, '$1'), line });
      t.next();
    } else events.push(event(t));
  }
}

function event(t: TokenStream): ScriptEvent {
  const { line } = t.peek();
  const time = eventTime(t);
  const end = blockingEnd(t, time);
  const { kind } = t.peek();
  let action: SystemCall | PacketSpec | Command | Code;
  if (end === undefined && (t.is('<') || t.is('>'))) action = parsePacket(t);
  else if (end === undefined && (kind === 'command' || kind === 'code')) action = { kind, text: t.next().text };
  else action = systemCall(t, end);
  if (time.kind !== 'at' && !(action.kind === 'packet' && !action.inbound))
    throw new CannotRun(line, 'syntax: only an expected packet may have a range of times or *');
  return { line, time, action };
}

/** An event without a time follows the one before it at once. */
function eventTime(t: TokenStream): EventTime {
  if (t.accept('*')) return { kind: 'any', relative: true, fromUs: 0, toUs: 0 };
  const relative = t.accept('+');
  if (!relative && t.peek().kind !== 'number') return { kind: 'at', relative: true, fromUs: 0, toUs: 0 };
  const fromUs = microseconds(t);
  if (!t.accept('~')) return { kind: 'at', relative, fromUs, toUs: fromUs };
  if (t.accept('+') !== relative) t.refuse('a range of two times of one kind');
  const toUs = microseconds(t);
  if (toUs < fromUs) t.refuse('a range that ends after its start');
  return { kind: 'range', relative, fromUs, toUs };
}

function microseconds(t: TokenStream): number {
  const { text } = t.take('number', 'a time');
  const seconds = Number(text);
  if (seconds > SECONDS_MAX) t.refuse('a time below 8,000,000 seconds');
  return Math.round(seconds * US_PER_SECOND);
}

function blockingEnd(t: TokenStream, time: EventTime): number | undefined {
  if (!t.is('...')) return undefined;
  t.next();
  t.accept('+');
  const endUs = microseconds(t);
  if (endUs < time.fromUs) t.refuse('a call that ends after its start');
  return endUs;
}

function systemCall(t: TokenStream, endUs: number | undefined): SystemCall {
  const { text: name } = t.take('word', 'a packet, a system call, a command or code');
  t.expect('(');
  const args = t.is(')') ? [] : list(t, 0);
  t.expect(')');
  t.expect('=');
  const result = t.is('?') ? ({ kind: 'ellipsis', line: t.next().line } as const) : expression(t, 0);
  let errno: string | undefined;
  if (result.kind === 'number' && result.value === -1 && t.peek().kind === 'word') errno = t.next().text;
  if (t.is('(')) note(t);
  return { kind: 'call', name, args, endUs, result, errno };
}

/** `(Resource temporarily unavailable)`: for the reader. */
function note(t: TokenStream): void {
  let depth = 0;
  do {
    if (t.peek().kind === 'end') t.refuse("')'");
    const { text, kind } = t.next();
    if (kind === 'symbol' && text === '(') depth++;
    if (kind === 'symbol' && text === ')') depth--;
  } while (depth > 0);
}

function list(t: TokenStream, depth: number): Expression[] {
  const items: Expression[] = [];
  do items.push(expression(t, depth));
  while (t.accept(','));
  return items;
}

function expression(t: TokenStream, depth: number): Expression {
  if (depth > NESTING_MAX) t.refuse('fewer nested brackets');
  const first = primary(t, depth);
  if (!t.is('|')) return first;
  const parts = [first];
  while (t.accept('|')) parts.push(primary(t, depth));
  return { kind: 'or', parts, line: first.line };
}

function primary(t: TokenStream, depth: number): Expression {
  const { kind, text, line } = t.peek();
  if (t.accept('...')) return { kind: 'ellipsis', line };
  if (t.accept('-')) return { kind: 'number', value: -number(t), line };
  if (kind === 'number') return { kind: 'number', value: number(t), line };
  if (kind === 'string') return { kind: 'string', value: joined(t), line };
  if (t.accept('(')) {
    const inner = expression(t, depth + 1);
    t.expect(')');
    return inner;
  }
  if (t.accept('[')) {
    const items = t.is(']') ? [] : list(t, depth + 1);
    t.expect(']');
    return { kind: 'list', items, line };
  }
  if (t.is('{')) return struct(t, depth);
  if (kind !== 'word') t.refuse('a value');
  t.next();
  if (!t.accept('(')) return { kind: 'name', value: text, line };
  const args = t.is(')') ? [] : list(t, depth + 1);
  t.expect(')');
  return { kind: 'call', name: text, args, line };
}

/** Texts in a row are one, as in C; `"text"...` is how the tool itself prints a long one. */
function joined(t: TokenStream): string {
  let text = '';
  while (t.peek().kind === 'string') text += t.next().text;
  t.accept('...');
  return text;
}

function number(t: TokenStream): number {
  const value = Number(t.take('number', 'a number').text);
  if (!Number.isSafeInteger(value)) t.refuse('a whole number');
  return value;
}

function struct(t: TokenStream, depth: number): Expression {
  const { line } = t.expect('{');
  const fields: Field[] = [];
  while (!t.is('}')) {
    fields.push(field(t, depth + 1));
    if (!t.accept(',')) break;
  }
  t.expect('}');
  return { kind: 'struct', fields, line };
}

/** `fd=3`, `msg_iov(1)=[…]`, `.events=…`, or a value by its position. */
function field(t: TokenStream, depth: number): Field {
  t.accept('.');
  const value = expression(t, depth);
  if (!t.accept('=')) return { name: '', value };
  if (value.kind !== 'name' && value.kind !== 'call') t.refuse("a field's name before '='");
  return { name: value.kind === 'name' ? value.value : value.name, value: expression(t, depth) };
}
