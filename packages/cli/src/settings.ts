/** Values of options, from the words that a person typed. Anything that does not fit is a usage error that says what would. */
import type { LabDefinition, ParamSpec } from '@netarium/core/check/lab.ts';
import { isWhole } from '@netarium/core/check/run-lab.ts';
import { formatInstant, type Instant, parseDuration } from '@netarium/core/time/instant.ts';
import type { ParamValue } from '@netarium/core/world/topology.ts';
import type { Messages } from '@netarium/view/messages/messages.ts';
import { UsageError } from './exit.ts';
import { parseSpeed, type Speed } from './output/story.ts';

const SEED_MAX = 0xffff_ffff;

export function seedOf(text: string, m: Messages, command: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : SEED_MAX + 1;
  if (seed > SEED_MAX) throw new UsageError(m.errors.seed(text), command);
  return seed;
}

export function durationOf(option: string, text: string, m: Messages, command: string): Instant {
  const ns = parseDuration(text);
  if (ns === undefined || ns === 0) throw new UsageError(m.errors.duration(option, text), command);
  return ns;
}

/** An instant of a run, where it may begin too. */
function instantOf(option: string, text: string, m: Messages, command: string): Instant {
  const ns = /^0+$/.test(text) ? 0 : parseDuration(text);
  if (ns === undefined) throw new UsageError(m.errors.duration(option, text), command);
  return ns;
}

export interface SpanOptions {
  readonly from?: string;
  readonly to?: string;
}

/** `--from` and `--to`. */
export function spanOf({ from, to }: SpanOptions, m: Messages, command: string): { fromNs: Instant; toNs?: Instant } {
  const fromNs = from === undefined ? 0 : instantOf('--from', from, m, command);
  if (to === undefined) return { fromNs };
  const toNs = durationOf('--to', to, m, command);
  if (fromNs > toNs)
    throw new UsageError(m.errors.fromAfterTo(`${formatInstant(fromNs)}s`, `${formatInstant(toNs)}s`), command);
  return { fromNs, toNs };
}

/** Options that would have no effect beside another one, or beside what a command was given. */
export function refuse(
  options: object,
  names: readonly string[],
  other: string,
  { errors }: Messages,
  command: string,
): void {
  const given = names.find((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
  if (given !== undefined) throw new UsageError(errors.notWith(`--${given}`, other), command);
}

export function speedOf(text: string, m: Messages, command: string): Speed {
  const speed = parseSpeed(text);
  if (speed === undefined) throw new UsageError(m.errors.speed(text), command);
  return speed;
}

/** `--set lost=20`, each typed and bounded by the parameter of that name. */
export function paramsOf(
  settings: readonly string[],
  definition: LabDefinition,
  m: Messages,
  command: string,
): Record<string, ParamValue> {
  const specs = definition.params ?? {};
  return Object.fromEntries(
    settings.map((setting) => {
      const [, name, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
      if (name === undefined || text === undefined) throw new UsageError(m.errors.setForm(setting), command);
      const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
      if (spec === undefined) throw new UsageError(m.errors.setUnknown(name, Object.keys(specs).join(', ')), command);
      return [name, paramOf(name, text, spec, m, command)];
    }),
  );
}

function paramOf(name: string, text: string, spec: ParamSpec, m: Messages, command: string): ParamValue {
  const value = typed(text, spec.default);
  if (value === undefined)
    throw new UsageError(
      m.errors.setKind(name, text, typeof spec.default === 'string' ? 'text' : typeof spec.default),
      command,
    );
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, choices } = spec;
  if (typeof value === 'number' && (value < min || value > max)) {
    throw new UsageError(m.errors.setRange(name, text, String(spec.min ?? '-∞'), String(spec.max ?? '∞')), command);
  }
  if (typeof value === 'number' && isWhole(spec) && !Number.isInteger(value))
    throw new UsageError(m.errors.setWhole(name, text), command);
  if (spec.pattern?.test(text) === false)
    throw new UsageError(m.errors.setPattern(name, text, String(spec.default)), command);
  if (choices !== undefined && !choices.includes(value))
    throw new UsageError(m.errors.setChoice(name, text, choices.join(', ')), command);
  return value;
}

function typed(text: string, like: ParamValue): ParamValue | undefined {
  if (typeof like === 'string') return text;
  if (typeof like === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
