/**
 * The same traffic by simulated hosts and by the real kernel, as tshark's experts see it: no error and no more warnings in ours than in the
 * kernel's. Captured at the laptop, with off-loads off.
 */
import { describe, expect, test } from 'vitest';
import { COMPARING_CLOCKS } from '../comparing-clocks.ts';
import { expertsOf } from '../tshark/experts.ts';
import type { Arm } from './arm.ts';
import { inNamespaces, lacking } from './namespaces.ts';
import { simulate } from './simulated.ts';

const listen = 'socket l tcp; bind l 10.0.2.2 7000; listen l 5; accept l c;';
const connect = 'socket s tcp; connect s 10.0.2.2 7000;';

/** Traffic by name. */
const TRAFFIC: Readonly<Record<string, (arm: Arm) => Promise<unknown>>> = {
  'a bulk transfer through a narrow path': async (arm) => {
    const server = await arm.start('web', 'nc -l -n 7000 >/dev/null');
    await arm.run('laptop', 'head -c 2000000 /dev/zero | nc -N -n 10.0.2.2 7000');
    await server.end();
  },
  'a bulk transfer the other way': async (arm) => {
    const server = await arm.start('web', 'head -c 2000000 /dev/zero | nc -l -N -n 7000');
    await arm.run('laptop', 'nc -n 10.0.2.2 7000 </dev/null >/dev/null');
    await server.end();
  },
  'an echo, line by line': async (arm) => {
    const turns = 20;
    const server = await arm.start('web', `calls '${listen} ${'recv c 100; send c back;'.repeat(turns)} close c'`);
    await arm.run('laptop', `calls '${connect} ${'send s there; recv s 100;'.repeat(turns)} recv s 100; close s'`);
    await server.end();
  },
  'a half-close, an orderly end': async (arm) => {
    const server = await arm.start(
      'web',
      `calls '${listen} recv c 100; recv c 100; send c answer; sleep 100; close c'`,
    );
    await arm.run('laptop', `calls '${connect} send s question; shutdown s write; recv s 100; recv s 100; close s'`);
    await server.end();
  },
  'a closed port, a reset': async (arm) => {
    await arm.run('laptop', `calls '${connect} close s'`);
    const server = await arm.start('web', `calls '${listen} sleep 100; linger c 0; close c'`);
    await arm.run('laptop', `calls '${connect} send s unread; sleep 300; recv s 10; close s'`);
    await server.end();
  },
  'a reader that does not read': async (arm) => {
    const server = await arm.start('web', `calls '${listen} sleep 1500; close c'`);
    await arm.run('laptop', `calls '${connect} send s size:900000 nosignal; close s'`);
    await server.end();
  },
  'ping, datagrams, a page': async (arm) => {
    await arm.website({ 'index.html': '<p>hello</p>' });
    await arm.run('laptop', 'ping -c 3 -i 0.2 10.0.2.2');
    await arm.run('laptop', "calls 'socket u udp; sendto u 10.0.2.2 9 x; sleep 100; close u'");
    await arm.run('laptop', 'curl -s http://10.0.2.2/');
  },
};

describe.skipIf(lacking() !== '')('experts', () => {
  test.concurrent.each(Object.entries(TRAFFIC))('%s', COMPARING_CLOCKS, async (_, traffic) => {
    const body = async (arm: Arm): Promise<Uint8Array> => {
      const end = await arm.capture('laptop');
      await traffic(arm);
      return end();
    };
    const [ours, theirs] = [await expertsOf(await simulate(body)), await expertsOf(await inNamespaces(body))];
    const told = JSON.stringify({ ours, theirs }, undefined, 1);
    expect(ours.packets, told).toBeGreaterThan(5);
    expect(theirs.packets, told).toBeGreaterThan(5);
    // tshark sums a quoted segment up to where an ICMP error cuts it, and calls the kernel's wrong as well.
    const honest = (errors: readonly string[]): string[] => errors.filter((text) => !text.includes('Bad checksum'));
    expect(honest(ours.errors), told).toEqual([]);
    expect(ours.errors.length, told).toBeLessThanOrEqual(theirs.errors.length);
    expect(ours.warnings.length, told).toBeLessThanOrEqual(theirs.warnings.length);
  });
});
