import { describe, expect, test } from 'vitest';
import { ran } from './in-process.ts';

describe('an option that would have no effect is refused', () => {
  test.each([
    [['run', 'arp', '--on', 'a.eth0'], '--on needs --pcap FILE'],
    [['run', 'arp', '--headers-only'], '--headers-only needs --html FILE'],
    [['run', 'arp', '--html', 'a.html', '--recording', './a.html'], '--html and --recording name the same file'],
    [['run', 'arp', '--json', '--speed', '1x'], '--speed does not go with --json'],
    [['lanes', 'arp', '--out', 'x'], '--out needs --export'],
    [['lanes', 'arp', '--export', 'perfetto', '--json'], '--json does not go with --export'],
    [['lanes', 'arp', '--from', '2s', '--to', '1s'], '--from 2.000000000s lies after --to 1.000000000s'],
    [['view', 'x.netarium', '--seed', '3'], '--seed does not go with x.netarium'],
    [['view', 'x.netarium', '--set', 'a=b'], '--set does not go with x.netarium'],
    [['explore', 'bad-schedules', 'lost-update', '--replay', 'x', '--seed', '1'], '--seed does not go with --replay'],
    [['explore', 'bad-schedules', '--save', 'x'], '--save needs <exploration>'],
    [['quiz', 'arp', '--list', '--answers', 'x'], '--answers does not go with --list'],
    [['new', 'x.ts', '--yaml'], '--yaml does not go with x.ts'],
    [['real', '--list', 'curl'], 'too many arguments'],
  ])('%j', async (words, why) => {
    expect(await ran(words)).toMatchObject({ code: 3, out: '', err: expect.stringContaining(`netarium: ${why}\n`) });
  });
});
