import { describe, expect, it } from 'vitest';
import { DROP_REASONS } from './drop-reasons.ts';
import { explain } from './explain.ts';

describe('explanations', () => {
  it('say why a frame was dropped, with the values and the rule', () => {
    const values = { card: 'gw.eth1', packet: 7, reason: 'queue-full', length: 1514, detail: '64 of 64' };
    expect(explain('frame.drop', values)).toEqual({
      text: {
        en: 'Frame of packet 7 dropped at gw.eth1: The queue in front of the cable was full, and the newest frame is the one that goes (tail drop). (64 of 64)',
        zh: '分组 7 的帧在 gw.eth1 被丢弃：发送队列已满，新来的帧被丢弃（队尾丢弃 tail drop）。 (64 of 64)',
      },
      rule: 'RFC 7567 section 2.1',
    });
  });

  it('are there in both languages for every reason', () => {
    for (const [reason, { text }] of Object.entries(DROP_REASONS)) {
      expect(text.en, reason).toMatch(/^[A-Z].*\.$/);
      expect(text.zh, reason).toMatch(/[\u4e00-\u9fff].*。$/);
    }
  });

  it('show the values of a kind that is not known', () => {
    expect(explain('future.event', { a: 1, b: 'two' }).text.en).toBe('future.event: a 1, b two');
  });
});
