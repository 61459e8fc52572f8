/**
 * Looks at a lab before it runs and lists everything that is wrong with it, with the place: names, addresses, units, parameters, cables, checks.
 * Labs in TypeScript and in YAML go through it alike. What needs a display filter or a program to judge is found by the run itself.
 */
import { type InterfaceAddress, parseInterfaceAddress, parseIp, prefixOf } from '../base/address.ts';
import { parseDuration } from '../time/instant.ts';
import { STRATEGIES } from './explore/explore.ts';
import { type LabProblem, nearest } from './lab-problem.ts';
import {
  aFunction,
  aText,
  either,
  isMap,
  keyed,
  listOf,
  mapOf,
  oneOf,
  orParam,
  Place,
  parsed,
  quote,
  type Shape,
  wholeIn,
} from './shape.ts';
import { CARD_NAME, cable, machine } from './topology-shape.ts';

/** What a script finds beside its machines; a machine of that name would hide it. */
const TOOL_NAMES: ReadonlySet<string> = new Set([
  'params',
  'now',
  'host',
  'cable',
  'sleep',
  'until',
  'seen',
  'events',
  'on',
  'watch',
  'explored',
  'check',
  'measured',
  'say',
]);

type Dictionary = Readonly<Record<string, unknown>>;

const text = keyed({ en: aText, zh: aText }, ['en', 'zh']);
const value: Shape = (entry, place) => {
  if (!['string', 'number', 'boolean'].includes(typeof entry))
    place.report('not-a', { value: quote(entry), expected: 'value' });
};

const param = keyed({ default: value, min: number, max: number, choices: listOf(value), text }, ['default']);

function number(entry: unknown, place: Place): void {
  if (typeof entry !== 'number' || !Number.isFinite(entry))
    place.report('not-a', { value: quote(entry), expected: 'number' });
}

const lab = keyed(
  {
    id: labId,
    title: text,
    text,
    params: mapOf(either(isMap, aParam, param)),
    machines: mapOf(machine, machineName),
    cables: listOf(cable),
    programs: mapOf(either(isMap, mapOf(aFunction), aFunction)),
    until: parsed('not-duration', parseDuration),
    checks: mapOf(keyed({ text, row: wholeIn(1, 9999), clause: wholeIn(1, 99), claim: aText }, ['text'])),
    measures: mapOf(keyed({ text, unit: oneOf(['time', 'count', 'bytes']) }, ['text', 'unit'])),
    real: aFunction,
    counterRuns: mapOf(keyed({ set: mapOf(value), flips: listOf(aText), text }, ['set', 'flips'])),
    explorations: mapOf(
      keyed(
        {
          text,
          run: mapOf(orParam(aText)),
          expect: oneOf(['deadlock', 'failure', 'hang', 'nothing']),
          strategy: orParam(oneOf(STRATEGIES)),
          schedules: wholeIn(1, 10_000_000),
          faults: wholeIn(0, 16),
        },
        ['run', 'expect'],
      ),
    ),
    script: aFunction,
  },
  ['id', 'machines'],
);

/** Everything that is wrong, in the order of the text; empty for a good lab. */
export function validateLab(definition: unknown): readonly LabProblem[] {
  const problems: LabProblem[] = [];
  const params = isMap(definition) && isMap(definition.params) ? definition.params : {};
  const defaults = new Map(
    Object.entries(params).map(([name, spec]) => [name, isMap(spec) ? spec.default : undefined]),
  );
  const place = new Place(problems, defaults);
  lab(definition, place);
  if (!isMap(definition)) return problems;
  const machines = isMap(definition.machines) ? definition.machines : {};
  if (isMap(definition.machines) && Object.keys(machines).length === 0) place.at('machines').report('no-machines');
  addresses(machines, place.at('machines'));
  if (Array.isArray(definition.cables)) plugs(definition.cables, machines, place.at('cables'));
  references(definition, place);
  return problems;
}

function labId(id: unknown, place: Place): void {
  if (typeof id !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) place.report('bad-lab-id', { value: quote(id) });
}

function machineName(name: string, place: Place): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name) || name.length > 63) place.report('bad-machine-name', { name: quote(name) });
  else if (TOOL_NAMES.has(name)) place.report('reserved-machine-name', { name });
}

/** A parameter, and whether its default keeps its own bounds. */
function aParam(spec: unknown, place: Place): void {
  param(spec, place);
  const { default: initial, min, max, choices } = spec as Dictionary;
  if (typeof initial === 'number') {
    const [low, high] = [typeof min === 'number' ? min : initial, typeof max === 'number' ? max : initial];
    if (initial < low || initial > high)
      place
        .at('default')
        .report('not-in-range', { value: String(initial), min: String(min ?? '-'), max: String(max ?? '-') });
  }
  if (Array.isArray(choices) && !choices.includes(initial)) {
    place.at('default').report('not-a-choice', { value: quote(initial), choices: choices.map(quote).join(', ') });
  }
}

interface Owned {
  readonly where: string;
  readonly parsed: InterfaceAddress;
}

/** No address twice on a machine (twice in a world may be what a lab shows), and gateways that the host can reach. */
function addresses(machines: Dictionary, place: Place): void {
  for (const [name, spec] of Object.entries(machines)) {
    if (!isMap(spec) || !isMap(spec.interfaces)) continue;
    const own = Object.entries(spec.interfaces).flatMap(([card, value]) =>
      staticAddresses(value).map((parsed) => ({ where: card, parsed })),
    );
    const owners = new Map<string, string>();
    for (const { where, parsed } of own) {
      const key = String(parsed.address);
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, where);
      else
        place
          .at(name)
          .at('interfaces')
          .at(where)
          .report('address-taken', { address: key, owner: `${name}.${owner}` });
    }
    gatewayReach(spec, own, place.at(name));
  }
}

function gatewayReach(spec: Dictionary, own: readonly Owned[], place: Place): void {
  const gateway = typeof spec.gateway === 'string' ? parseIp(spec.gateway) : undefined;
  if (gateway === undefined || own.length === 0 || usesDhcp(spec.interfaces as Dictionary)) return;
  const near = own.some(({ parsed: { address, prefixLength } }) => prefixOf(address, prefixLength).contains(gateway));
  if (!near) place.at('gateway').report('gateway-not-on-link', { value: String(gateway) });
}

function usesDhcp(interfaces: Dictionary): boolean {
  return Object.values(interfaces).some(
    (spec) =>
      spec === 'dhcp' ||
      (isMap(spec) && (spec.address === 'dhcp' || Object.hasOwn(spec, 'param') || isMap(spec.address))),
  );
}

function staticAddresses(spec: unknown): InterfaceAddress[] {
  const written = isMap(spec) ? spec.address : spec;
  return (Array.isArray(written) ? written : [written]).flatMap((one) =>
    typeof one === 'string' && one.includes('/') ? (parseInterfaceAddress(one) ?? []) : [],
  );
}

/** Ports of a machine as far as its specification names them; a switch or hub without a number has as many as it needs. */
function portNames(spec: unknown): readonly string[] | undefined {
  if (!isMap(spec)) return undefined;
  if (isMap(spec.interfaces)) return Object.keys(spec.interfaces).filter((name) => CARD_NAME.test(name));
  if (Array.isArray(spec.ports)) return spec.ports.map((port) => (isMap(port) ? String(port.name) : ''));
  return typeof spec.ports === 'number' && spec.ports <= 1024
    ? Array.from({ length: spec.ports }, (_, i) => `port${i + 1}`)
    : undefined;
}

/** Follows the cables as `world/build.ts` plugs them in. */
function plugs(cables: readonly unknown[], machines: Dictionary, place: Place): void {
  const used = new Map<string, Set<string>>();
  const names = new Set<string>();
  cables.forEach((spec, i) => {
    if (!isMap(spec)) return;
    const at = place.at(i);
    for (const side of ['from', 'to'] as const)
      if (typeof spec[side] === 'string') plug(spec[side], machines, used, at.at(side));
    if (typeof spec.from !== 'string' || typeof spec.to !== 'string') return;
    const name = cableName(spec);
    if (names.has(name)) at.report('cable-name-taken', { name });
    names.add(name);
  });
}

export function cableName(spec: Dictionary): string {
  return typeof spec.name === 'string'
    ? spec.name
    : `${String(spec.from).split('.')[0]}-${String(spec.to).split('.')[0]}`;
}

function plug(end: string, machines: Dictionary, used: Map<string, Set<string>>, place: Place): void {
  const [name = '', port, more] = end.split('.');
  if (more !== undefined || name === '' || port === '') {
    place.report('not-an-end', { value: quote(end) });
  } else if (!Object.hasOwn(machines, name)) {
    const known = Object.keys(machines);
    place.report('no-such-machine', {
      name: quote(name),
      nearest: nearest(name, known) ?? '',
      known: known.join(', '),
    });
  } else {
    const taken = used.get(name) ?? new Set<string>();
    used.set(name, taken);
    plugInto(name, port, portNames(machines[name]), taken, place);
  }
}

/** Without a known list of ports (a switch that has as many as it needs) only a port of the same name twice can be wrong. */
function plugInto(
  name: string,
  port: string | undefined,
  ports: readonly string[] | undefined,
  taken: Set<string>,
  place: Place,
): void {
  if (port === undefined) {
    const free = ports?.find((candidate) => !taken.has(candidate));
    if (free !== undefined) taken.add(free);
    else if (ports !== undefined) place.report('no-free-port', { name });
  } else if (ports !== undefined && !ports.includes(port)) {
    place.report('no-such-port', { name, port: quote(port), known: ports.join(', ') });
  } else if (taken.has(port)) {
    place.report('port-taken', { value: quote(`${name}.${port}`) });
  } else taken.add(port);
}

/** Counter-runs name parameters and checks that exist. */
function references(definition: Dictionary, place: Place): void {
  if (!isMap(definition.counterRuns)) return;
  const checks = isMap(definition.checks) ? Object.keys(definition.checks) : [];
  for (const [name, run] of Object.entries(definition.counterRuns)) {
    if (!isMap(run)) continue;
    const at = place.at('counterRuns').at(name);
    for (const key of isMap(run.set) ? Object.keys(run.set) : []) {
      if (!place.params.has(key))
        at.at('set')
          .at(key)
          .report('no-such-param', {
            name: quote(key),
            nearest: nearest(key, place.params.keys()) ?? '',
            known: [...place.params.keys()].join(', '),
          });
    }
    (Array.isArray(run.flips) ? run.flips : []).forEach((check, i) => {
      if (!checks.includes(check))
        at.at('flips')
          .at(i)
          .report('no-such-check', {
            name: quote(check),
            nearest: nearest(String(check), checks) ?? '',
            known: checks.join(', '),
          });
    });
  }
}
