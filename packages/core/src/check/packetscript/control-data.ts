/**
 * What recvmsg(2) tells beside the data: msg_flags and ancillary data. Known are the error queue's entries (IP_RECVERR, ip(7)) and TCP_CM_INQ;
 * other kinds are refused by name. A script that gives neither list is not asked.
 */
import type { Received } from '../../socket/types.ts';
import type { Expression, Field } from './ast.ts';
import { NUMBERS } from './constants.ts';
import { CannotRun } from './problem.ts';
import { errnoNamed, member, namesOf, numberOf } from './values.ts';

type Difference = readonly [seen: string, wanted: string] | undefined;

/** `{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={…}}` as text, from the script and from the host. */
interface ControlMessage {
  readonly kind: string;
  readonly data: string;
}

export function controlDiffers(
  message: Expression,
  outcome: Received,
  flags: Readonly<Record<string, boolean>>,
): Difference {
  return (
    flagsDiffer(member(message, 'msg_flags'), outcome, flags) ?? listDiffers(member(message, 'msg_control'), outcome)
  );
}

function flagsDiffer(
  wanted: Expression | undefined,
  outcome: Received,
  asked: Readonly<Record<string, boolean>>,
): Difference {
  if (wanted === undefined || wanted.kind === 'ellipsis') return undefined;
  const seen = [
    ['MSG_OOB', asked.oob === true],
    ['MSG_TRUNC', outcome.truncated],
    ['MSG_ERRQUEUE', outcome.error !== undefined],
  ] as const;
  const bits = seen.reduce((sum, [name, set]) => (set ? sum | NUMBERS.get(name)! : sum), 0);
  const expected = numberOf(wanted);
  return bits === expected ? undefined : [`msg_flags 0x${bits.toString(16)}`, `msg_flags 0x${expected.toString(16)}`];
}

function listDiffers(wanted: Expression | undefined, outcome: Received): Difference {
  if (wanted === undefined || wanted.kind === 'ellipsis') return undefined;
  if (wanted.kind !== 'list') throw new CannotRun(wanted.line, 'msg_control other than a list');
  const expected = wanted.items.map(messageOf);
  const seen = messagesOf(outcome);
  const [a, b] = [seen, expected].map((list) => list.map(({ kind, data }) => `${kind} ${data}`).join(' ') || 'none');
  return a === b ? undefined : [`msg_control ${a}`, `msg_control ${b}`];
}

function messageOf(item: Expression): ControlMessage {
  const [level, type, data] = ['cmsg_level', 'cmsg_type', 'cmsg_data'].map((name) => member(item, name));
  if (level === undefined || type === undefined || data === undefined)
    throw new CannotRun(item.line, 'a control message without cmsg_level, cmsg_type and cmsg_data');
  const kind = namesOf(type).join('|');
  if (kind === 'IP_RECVERR' && data.kind === 'struct') return { kind, data: data.fields.map(errorField).join(' ') };
  if (kind === 'TCP_CM_INQ' || kind === 'TCP_INQ') return { kind: 'TCP_CM_INQ', data: String(numberOf(data)) };
  throw new CannotRun(item.line, `ancillary data of the type ${kind}`);
}

function errorField({ name, value }: Field): string {
  const errno = value.kind === 'name' ? errnoNamed(value.value) : undefined;
  return `${name}=${errno?.number ?? numberOf(value)}`;
}

function messagesOf({ error, inQueue }: Received): ControlMessage[] {
  if (inQueue !== undefined) return [{ kind: 'TCP_CM_INQ', data: String(inQueue) }];
  if (error === undefined) return [];
  const { origin, type, code, info, data } = error;
  const errno = errnoNamed(error.errno)?.number ?? 0;
  const fields = `ee_errno=${errno} ee_origin=${origin} ee_type=${type} ee_code=${code} ee_info=${info} ee_data=${data}`;
  return [{ kind: 'IP_RECVERR', data: fields }];
}
