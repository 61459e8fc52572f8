/**
 * A hundred seeds of a lossy lab, twice each: the same seed gives the same run, another seed another one. And the comparison itself is tested:
 * programs that leak something from one run into the next must be caught.
 */
import { cable, host, type LabDefinition, lab } from '@netarium/core/check/lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { describe, expect, test } from 'vitest';
import { type Identity, identify, identityOf } from './runs.ts';

const SEEDS = 100;
const BYTES = 20_000;
/** What differs between two runs: names of the parts of their identity. */
function differences(a: Identity, b: Identity): string[] {
  return (Object.keys(a) as (keyof Identity)[]).filter((part) => a[part] !== b[part]);
}

test(`${SEEDS} seeds of a lossy transfer: equal twice, all different`, { timeout: 120_000 }, async () => {
  const wire = new Set<string>();
  const captures = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const options = { seed, set: { bytes: BYTES } };
    const first = await identify('reliable-transfer', turn, options);
    const second = await identify('reliable-transfer', turn, options);
    expect(differences(first, second), `seed ${seed}`).toEqual([]);
    wire.add(first.wireDigest);
    captures.add(first.captures);
  }
  expect(wire.size).toBe(SEEDS);
  expect(captures.size).toBe(SEEDS);
});

/** Two hosts; the program says something to the other host. */
function talk(id: string, leak: Program): LabDefinition {
  return lab({
    id,
    machines: { a: host({ eth0: '10.0.1.2/24' }), b: host({ eth0: '10.0.1.3/24', run: ['nc -u -l -k 7 >/dev/null'] }) },
    cables: [cable('a', 'b', { rate: '10Mbit', delay: '1ms' })],
    programs: { leak },
    async script({ a, sleep }) {
      await sleep('100ms');
      await a.sh('leak');
    },
  });
}

async function say(sys: Parameters<Program>[0], text: Uint8Array): Promise<number> {
  const fd = await sys.socket('inet', 'dgram');
  await sys.sendto(fd, text, { family: 'inet', address: '10.0.1.3', port: 7 });
  return 0;
}

let runs = 0;
const kept = new Map<string, number>();

describe('a leak is caught', () => {
  const canaries: Readonly<Record<string, { readonly program: Program; readonly seen: readonly string[] }>> = {
    'a counter in what is sent': {
      program: (sys) => say(sys, Uint8Array.of(++runs)),
      seen: ['wireDigest', 'captures'],
    },
    'a counter in when it is sent': {
      async program(sys) {
        await sys.nanosleep(++runs);
        return say(sys, Uint8Array.of(1));
      },
      seen: ['wireDigest', 'runDigest', 'captures', 'virtualNs'],
    },
    'a table that outlives the world': {
      program: async (sys) => {
        const size = kept.set(`${await sys.clock_gettime('realtime')} ${kept.size}`, 1).size;
        return say(sys, new Uint8Array(size));
      },
      seen: ['wireDigest', 'runDigest', 'captures'],
    },
    'a number from outside': {
      program: (sys) => say(sys, crypto.getRandomValues(new Uint8Array(16))),
      seen: ['wireDigest', 'captures'],
    },
    'one nanosecond of work that leaves no packet': {
      async program(sys) {
        await sys.nanosleep(1000 + ++runs);
        return 0;
      },
      seen: ['runDigest'],
    },
  };

  test.each(Object.entries(canaries))('%s', async (_, { program, seen }) => {
    const definition = talk('canary', program);
    const found = differences(await identityOf(definition, turn), await identityOf(definition, turn));
    expect(found).toEqual(expect.arrayContaining([...seen]));
  });

  test('and the same lab without one is not', async () => {
    const definition = talk('no-canary', (sys) => say(sys, Uint8Array.of(1)));
    expect(differences(await identityOf(definition, turn), await identityOf(definition, turn))).toEqual([]);
  });
});
