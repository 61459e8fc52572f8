import { expect, test } from 'vitest';
import { onHost } from '../lib/on-host.test-kit.ts';

test('a target that cannot be opened: told, or removed with -f', async () => {
  const told: string[] = [];
  await onHost(async (h) => {
    const folder = 'mkdir -m 777 /tmp/cp; cd /tmp/cp; echo new > from; echo secret > hidden';
    await h.sh(
      `${folder}; echo old > to; chmod 600 to hidden; mkdir -m 755 shut; echo old > shut/to; chmod 600 shut/to`,
    );
    for (const line of ['cp from to', 'cp -f from to', 'cat to', 'cp -f from shut/to', 'cp hidden seen', 'ls seen']) {
      const { stdout, stderr, status } = await h.sh(`cd /tmp/cp; ${line}`, { uid: 1000 });
      told.push(`${status} ${stdout}${stderr}`.trim());
    }
  });
  expect(told).toEqual([
    "1 cp: cannot create regular file 'to': Permission denied",
    '0',
    '0 new',
    "1 cp: cannot remove 'shut/to': Permission denied",
    "1 cp: cannot open 'hidden' for reading: Permission denied",
    "2 ls: cannot access 'seen': No such file or directory",
  ]);
});
