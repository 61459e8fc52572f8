import { cable, host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { describe, expect, test } from 'vitest';

describe('the power of a host', () => {
  test('a crash is silent, a boot starts from the specification, a pause freezes', async () => {
    const seen: string[] = [];
    const power = lab({
      id: 'power',
      machines: {
        ann: host({ eth0: '10.0.0.1/24' }),
        bob: host({ eth0: '10.0.0.2/24', files: { '/srv/index.html': 'bob\n' }, run: ['httpd -p 80 /srv'] }),
      },
      cables: [cable('ann', 'bob', { rate: '100Mbit', delay: '1ms' })],
      until: '10m',
      async script({ ann, bob, sleep }) {
        await sleep('100ms');
        const get = async (): Promise<void> => {
          const { stdout, status } = await ann.sh('curl -s -m 5 http://10.0.0.2/');
          seen.push(`${status} ${stdout.trim()}`);
        };
        await get();
        bob.writeFile('/srv/index.html', 'changed\n');
        bob.crash();
        await get();
        bob.boot();
        await sleep('1s');
        await get();
        bob.pause();
        await get();
        bob.resume();
        await sleep('1s');
        await get();
      },
    });
    const run = await runLab(power, { image: systemImage(), turn });
    expect(run.problems).toEqual([]);
    expect(seen[0]).toBe('0 bob');
    expect(seen[1]).toMatch(/^(7|28) $/);
    expect(seen[2]).toBe('0 bob');
    expect(seen[3]).toMatch(/^28 $/);
    expect(seen[4]).toBe('0 bob');
  });
});
