/**
 * The kernel of this machine and our network layer are given the same random commands: the same errors, tables, addresses, and the same
 * answers to `ip route get`. Needs root (network namespaces) and Python 3. KERNEL_SEED and KERNEL_CASES make another run.
 */
import { expect, test } from 'vitest';
import { askPython } from './python.ts';
import {
  addressText,
  answerText,
  OurHost,
  RandomCommands,
  type RouteJson,
  routeText,
  type Sequence,
} from './random-commands.ts';

const SEED = Number(process.env.KERNEL_SEED ?? 1);
const CASES = Number(process.env.KERNEL_CASES ?? 60);

interface KernelAnswer {
  errors: string[];
  main: RouteJson[];
  local: RouteJson[];
  addresses: {
    ifname: string;
    addr_info: { local: string; prefixlen: number; scope: string; secondary?: boolean }[];
  }[];
  gets: (string | RouteJson)[];
}

function kernel(sequences: readonly Sequence[]): KernelAnswer[] {
  return askPython('configure.py', sequences, 150_000);
}

/** What iproute2 prints for each errno; its own words for some, which several errnos share. */
const MESSAGES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/Nexthop has invalid gateway/, ['EINVAL', 'ENETUNREACH']],
  [/File exists|already assigned/, ['EEXIST']],
  [/Network is unreachable/, ['ENETUNREACH']],
  [/No such process/, ['ESRCH']],
  [/Address not found/, ['EADDRNOTAVAIL']],
  [/Device for nexthop is not up|Network is down/, ['ENETDOWN']],
  [/No such device/, ['ENODEV']],
  [/Invalid prefsrc|Invalid argument/, ['EINVAL']],
  [/No route to host/, ['EHOSTUNREACH']],
  [/Permission denied/, ['EACCES']],
];

/** Our errno, where it is one that the kernel's message may stand for; the message itself otherwise. */
function matching(message: string, ours: string): string {
  if (message === '') return '';
  const codes = MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
  return codes?.includes(ours) ? ours : message;
}

function getText(question: string, got: string | RouteJson, ours: string): string {
  if (typeof got === 'string') return matching(got, ours);
  const from = / from (\S+)/.exec(question)?.[1];
  return answerText(got.type, got.gateway, got.dev!, from ?? got.prefsrc!);
}

test(`${CASES} random configurations from seed ${SEED}: the same as the kernel's`, () => {
  const random = new RandomCommands(SEED);
  const sequences = Array.from({ length: CASES }, () => random.next());
  const theirs = kernel(sequences);
  sequences.forEach((sequence, number) => {
    const host = new OurHost();
    const real = theirs[number]!;
    const errors = sequence.commands.map((command) => host.run(command));
    const gets = sequence.gets.map((question) => host.get(question));
    const ours = {
      errors,
      main: host.table('main'),
      local: host.table('local'),
      addresses: host.addresses().sort(),
      gets,
    };
    const cards = real.addresses.filter(({ ifname }) => /^(lo|eth\d)$/.test(ifname));
    expect({ sequence, ...ours }).toEqual({
      sequence,
      errors: real.errors.map((message, i) => matching(message, errors[i]!)),
      main: real.main.map(routeText),
      local: real.local.map(routeText),
      addresses: cards
        .flatMap(({ ifname, addr_info }) =>
          addr_info.map((a) => addressText(ifname, a.local, a.prefixlen, a.scope, a.secondary === true)),
        )
        .sort(),
      gets: real.gets.map((got, i) => getText(sequence.gets[i]!, got, gets[i]!)),
    });
  });
});
