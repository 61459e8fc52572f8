/** IGMP in tcpdump's words: queries, reports and leaves of versions 1 to 3 (RFC 1112, 2236, 3376). Other messages under the number by their type alone. */
import { internetChecksum } from '../icmp-text.ts';
import { ipText, type PrintContext, u16 } from './context.ts';

const SHORT_BYTES = 8;
const QUERY3_BYTES = 12;
/** A querier's usual time, which is not worth a word. */
const USUAL_TENTHS = 100;
const RECORDS = ['', 'is_in', 'is_ex', 'to_in', 'to_ex', 'allow', 'block'] as const;

export function igmpText(context: PrintContext, bytes: Uint8Array): string {
  if (context.quiet) return 'igmp';
  if (bytes.length < SHORT_BYTES) return '[|igmp]';
  const bad =
    context.verbose > 0 && internetChecksum(bytes) !== 0 ? ` bad igmp cksum ${u16(bytes, 2).toString(16)}!` : '';
  return `igmp${messageText(context, bytes)}${bad}`;
}

function messageText(context: PrintContext, bytes: Uint8Array): string {
  switch (bytes[0]) {
    case 0x11:
      return bytes.length >= QUERY3_BYTES ? query3(context, bytes) : query(bytes);
    case 0x12:
      return ` v1 report ${ipText(bytes, 4)}`;
    case 0x16:
      return ` v2 report ${ipText(bytes, 4)}`;
    case 0x17:
      return ` leave ${ipText(bytes, 4)}`;
    case 0x22:
      return report3(context, bytes);
    default:
      return `-${bytes[0]}`;
  }
}

function groupText(bytes: Uint8Array): string {
  const group = ipText(bytes, 4);
  return group === '0.0.0.0' ? '' : ` [gaddr ${group}]`;
}

function query(bytes: Uint8Array): string {
  const tenths = bytes[1]!;
  if (tenths === 0) return ` query v1${groupText(bytes)}`;
  return ` query v2${tenths === USUAL_TENTHS ? '' : ` [max resp time ${tenths}]`}${groupText(bytes)}`;
}

function query3(context: PrintContext, bytes: Uint8Array): string {
  const code = bytes[1]!;
  const tenths = code < 0x80 ? code : ((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3);
  const shown = tenths < 600 ? `${(tenths / 10).toFixed(1)}s` : relative(tenths);
  const time = tenths === USUAL_TENTHS ? '' : ` [max resp time ${shown}]`;
  const group = ipText(bytes, 4);
  if (group === '0.0.0.0') return ` query v3${time}`;
  const count = u16(bytes, 10);
  return ` query v3${time} [gaddr ${group}${count === 0 ? '' : sourcesText(context, bytes, count, 12)}]`;
}

/** Minutes and seconds, from a minute on. */
function relative(tenths: number): string {
  const seconds = Math.floor(tenths / 10);
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)}m${rest === 0 ? '' : `${rest}s`}`;
}

/** The sources one by one from -vv on, else their number. */
function sourcesText(context: PrintContext, bytes: Uint8Array, count: number, at: number): string {
  if (context.verbose < 2) return `, ${count} source(s)`;
  return ` {${Array.from({ length: count }, (_, i) => ` ${ipText(bytes, at + 4 * i)}`).join('')} }`;
}

function report3(context: PrintContext, bytes: Uint8Array): string {
  const count = u16(bytes, 6);
  let text = ` v3 report, ${count} group record(s)`;
  if (context.verbose === 0) return text;
  for (let i = 0, at = 8; i < count && at + 8 <= bytes.length; i++) {
    const sources = u16(bytes, at + 2);
    const kind = RECORDS[bytes[at]!] ?? `[v3-report-#${bytes[at]}]`;
    text += ` [gaddr ${ipText(bytes, at + 4)} ${kind}${sourcesText(context, bytes, sources, at + 8)}]`;
    at += 8 + 4 * sources;
  }
  return text;
}
