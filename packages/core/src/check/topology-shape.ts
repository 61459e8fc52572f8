/** Shapes of machines and cables, as `world/topology.ts` describes them. */
import { parseInterfaceAddress, parseIp, parseMac, parsePrefix } from '../base/address.ts';
import { parsePpm } from '../link/faults/rule.ts';
import { COST_PROFILES, DEFAULT_COSTS } from '../os/costs.ts';
import { SCHEDULERS } from '../os/cpu/policies.ts';
import { OS_PROFILES } from '../os/profile.ts';
import { parseDuration } from '../time/instant.ts';
import { parseRate } from '../world/units.ts';
import {
  aBoolean,
  aText,
  either,
  isMap,
  keyed,
  listOf,
  mapOf,
  oneOf,
  orParam,
  parsed,
  quote,
  type Shape,
  wholeIn,
} from './shape.ts';

export const CARD_NAME = /^eth\d{1,3}$/;

const text = orParam(aText);
const boolean = orParam(aBoolean);
export const duration = orParam(parsed('not-duration', parseDuration));
export const rate = orParam(parsed('not-rate', parseRate));
const probability = orParam(parsed('not-probability', parsePpm));
const count = orParam(wholeIn(0, 1_000_000_000));
const address = orParam(parsed('not-address', parseIp));

/** `10.0.1.2/24` or `dhcp`; without a length it is no address of an interface but a slip of the pen. */
const interfaceAddress = orParam(
  parsed('not-interface-address', (value) =>
    value === 'dhcp' ? value : value.includes('/') ? parseInterfaceAddress(value) : undefined,
  ),
);

const route = orParam((value, place) => {
  const words = typeof value === 'string' ? value.trim().split(/\s+/) : [];
  const rest = words.slice(1);
  const options = Array.from(
    { length: Math.ceil(rest.length / 2) },
    (_, i) => [rest[2 * i]!, rest[2 * i + 1]] as const,
  );
  const good =
    words.length > 0 &&
    parsePrefix(words[0]!) !== undefined &&
    options.every(
      ([name, argument]) =>
        argument !== undefined &&
        (name === 'dev' ||
          (name === 'via' ? parseIp(argument) !== undefined : name === 'metric' && /^\d+$/.test(argument))),
    );
  if (!good) place.report('not-route', { value: quote(value) });
});

const card = either(
  (value) => typeof value === 'string' || Array.isArray(value) || (isMap(value) && Object.hasOwn(value, 'param')),
  either(Array.isArray, listOf(interfaceAddress), interfaceAddress),
  keyed({
    address: either(Array.isArray, listOf(interfaceAddress), interfaceAddress),
    mac: orParam(parsed('not-mac', parseMac)),
    mtu: orParam(wholeIn(68, 65_535)),
    up: boolean,
    txQueueLength: orParam(wholeIn(0, 1_000_000)),
  }),
);

const file = either(
  (value) => isMap(value) && !Object.hasOwn(value, 'param'),
  keyed({ text: aText, mode: wholeIn(0, 0o7777) }, ['text', 'mode']),
  text,
);

const files = mapOf(file, (path, place) => {
  if (!/^\/[^\0]*[^\0/]$/.test(path) || path.length > 4096) place.report('not-path', { value: quote(path) });
});

export const interfaces: Shape = mapOf(card, (name, place) => {
  if (!CARD_NAME.test(name)) place.report('bad-card-name', { name: quote(name) });
});

const scheduler = orParam(oneOf(SCHEDULERS));
const cpu = keyed({
  cores: orParam(wholeIn(1, 1024)),
  scheduler,
  quantum: duration,
  tick: duration,
  ageing: duration,
  levels: orParam(wholeIn(1, 32)),
  boost: duration,
  costs: either(
    (value) => typeof value === 'string' || (isMap(value) && Object.hasOwn(value, 'param')),
    orParam(oneOf([...COST_PROFILES.keys()])),
    keyed(Object.fromEntries(Object.keys(DEFAULT_COSTS).map((name) => [name, orParam(wholeIn(0, 1_000_000_000))]))),
  ),
});

const host = keyed(
  {
    kind: aText,
    interfaces,
    gateway: address,
    routes: listOf(route),
    files,
    sysctl: mapOf(
      orParam(either((value) => typeof value === 'number', wholeIn(-2_147_483_648, Number.MAX_SAFE_INTEGER), aText)),
    ),
    run: listOf(text),
    cpu,
    hostname: aText,
    profile: oneOf(OS_PROFILES),
  },
  ['interfaces'],
  ['kind', 'interfaces'],
);

const vlanId = wholeIn(1, 4094);
const vlan: Shape = (value, place) => {
  const shape =
    isMap(value) && value.mode === 'trunk'
      ? keyed({ mode: aText, allowed: listOf(vlanId), native: vlanId })
      : keyed(
          {
            mode: (mode, at) =>
              void (mode !== 'access' && at.report('not-a-choice', { value: quote(mode), choices: 'access, trunk' })),
            vlan: vlanId,
          },
          ['mode', 'vlan'],
        );
  shape(value, place);
};
const portCount = wholeIn(1, 1024);
const networkSwitch = keyed({
  kind: aText,
  ports: either(Array.isArray, listOf(keyed({ name: aText, vlan }, ['name'])), portCount),
  ageing: duration,
  tableSize: orParam(wholeIn(1, 1_000_000)),
});
const hub = keyed({ kind: aText, ports: portCount, rate });

const MACHINES: Readonly<Record<string, Shape>> = { host, router: host, switch: networkSwitch, hub };

export const machine: Shape = (value, place) => {
  const kind = isMap(value) ? value.kind : undefined;
  if (!isMap(value) || typeof kind !== 'string' || !Object.hasOwn(MACHINES, kind))
    place.report('not-a-kind', { value: quote(kind ?? value) });
  else MACHINES[kind]!(value, place);
};

const frameNumber = orParam(wholeIn(0, 1_000_000_000));
const drop = keyed({ nth: either(Array.isArray, listOf(frameNumber), frameNumber), matching: aText });

export const faultKeys: Readonly<Record<string, Shape>> = {
  loss: probability,
  duplicate: probability,
  corrupt: probability,
  reorder: probability,
  reorderBy: duration,
  jitter: duration,
  drop,
};

const direction = keyed({ ...faultKeys, rate, delay: duration });

export const cable = keyed(
  {
    from: aText,
    to: aText,
    name: aText,
    rate,
    delay: duration,
    queue: count,
    mark: count,
    plugged: boolean,
    overheadBytes: wholeIn(0, 10_000),
    minFrameBytes: wholeIn(0, 10_000),
    ...faultKeys,
    forward: direction,
    backward: direction,
  },
  ['from', 'to'],
);
