/** What a person typed into a shell, with the virtual time of each key press: enough to have the same session again. */
import { isMap } from '@netarium/core/check/shape.ts';
import type { Instant } from '@netarium/core/time/instant.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import type { Messages } from '@netarium/view/messages/messages.ts';
import { reason, UsageError } from './exit.ts';
import { readText } from './files.ts';

export interface ShellInput {
  readonly atNs: Instant;
  /** The bytes that were typed, in hexadecimal. */
  readonly bytes: string;
}

export interface ShellInputs {
  readonly engine: string;
  readonly lab: string;
  readonly seed: number;
  readonly set: Readonly<Record<string, ParamValue>>;
  readonly host: string;
  readonly inputs: readonly ShellInput[];
  /** When the person left. */
  readonly endNs: Instant;
  readonly wireDigest: string;
  readonly runDigest: string;
}

export function readInputs(path: string, m: Messages): ShellInputs {
  const text = readText(path, m);
  const wrong = (why: string): UsageError => new UsageError(m.errors.inputsFile(path, why));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(reason(error));
  }
  const fault = faultOf(value);
  if (fault !== undefined) throw wrong(fault);
  return value as ShellInputs;
}

/** The name of the first part that is not as it should be. */
function faultOf(value: unknown): string | undefined {
  if (!isMap(value)) return 'JSON';
  for (const key of ['engine', 'lab', 'host', 'wireDigest', 'runDigest'])
    if (typeof value[key] !== 'string') return key;
  if (!isInstant(value.seed)) return 'seed';
  if (!isInstant(value.endNs)) return 'endNs';
  if (!isMap(value.set)) return 'set';
  if (!Array.isArray(value.inputs)) return 'inputs';
  let last = 0;
  for (const input of value.inputs) {
    if (!isMap(input) || !isInstant(input.atNs) || input.atNs < last || input.atNs > value.endNs) return 'inputs.atNs';
    if (typeof input.bytes !== 'string' || !/^([0-9a-f]{2})*$/.test(input.bytes)) return 'inputs.bytes';
    last = input.atNs;
  }
  return undefined;
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
