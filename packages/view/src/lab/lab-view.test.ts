import { cable, host, hub, networkSwitch, nth, param, router } from '@netarium/core/check/lab.ts';
import { describe, expect, test } from 'vitest';
import { messages } from '../messages/messages.ts';
import { plainParagraphs } from './markdown.ts';
import { topologyText } from './topology-text.ts';

describe('topologyText', () => {
  test('a tree, then what closes a circle, then what hangs on nothing', () => {
    const machines = {
      laptop: host({ eth0: '10.0.1.2/24' }),
      sw: networkSwitch(),
      gw: router({ eth0: '10.0.1.1/24', eth1: param('net') }),
      web: host({ eth0: { address: ['10.0.2.2/24', '10.0.2.3/24'] }, eth1: {} }),
      alone: hub(),
    };
    const cables = [
      cable('laptop', 'sw', { delay: '1ms' }),
      cable('sw', 'gw', { rate: param('rate'), loss: '1%', backward: { drop: nth([2, 3], 'tcp') } }),
      cable('gw', 'web'),
      cable('web.eth1', 'sw', { plugged: false }),
    ];
    expect(topologyText({ machines, cables }, messages('en'))).toEqual([
      'laptop (host)  eth0 10.0.1.2/24',
      '└─ [1ms] sw (switch)',
      '   ├─ [{rate}, loss 1%, ← drops frame 2, 3 (tcp)] gw (router)  eth0 10.0.1.1/24  eth1 {net}',
      '   └─ [unplugged] web (host)  eth0 10.0.2.2/24 10.0.2.3/24  eth1',
      'alone (hub)',
      'Further cables:',
      '  gw ── web',
    ]);
  });
});

test('plainParagraphs', () => {
  expect(plainParagraphs('# One\n\nTwo *lines*\nof `code` and **bold**.\n\n- a\n- b [c](d)\n\n\n2 * 3 * 4')).toEqual([
    'One',
    'Two lines of code and bold.',
    '- a',
    '- b c (d)',
    '2 * 3 * 4',
  ]);
});
