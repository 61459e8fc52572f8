import { ALL_FIELDS } from '@netarium/core/wire/fields.ts';
import { describe, expect, it } from 'vitest';
import { LANE_STATES } from '../lanes/lanes.ts';
import { MACHINE_PARTS } from '../machine/machine-parts.ts';
import { PLOT_KINDS } from '../plot/plot.ts';
import { DROP_REASONS } from './drop-reasons.ts';
import { explain } from './explain.ts';
import { EXPLAINED_FIELDS, explainField } from './fields.ts';
import {
  CONGESTION_STATES,
  NEIGHBOUR_REASONS,
  POWER_REASONS,
  RETRANSMIT_REASONS,
  TCP_STATE_REASONS,
} from './reasons.ts';
import { explainTerm, TERM_IDS } from './terms.ts';

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

  it('say in both languages why something changed its state', () => {
    for (const clauses of [
      NEIGHBOUR_REASONS,
      TCP_STATE_REASONS,
      RETRANSMIT_REASONS,
      POWER_REASONS,
      CONGESTION_STATES,
    ]) {
      for (const [code, { en, zh }] of Object.entries(clauses)) {
        expect(en, code).toMatch(/^\S.*[^.]$/);
        expect(zh, code).toMatch(/[\u4e00-\u9fff]/);
        expect(zh, code).not.toMatch(/。$/);
      }
    }
    const change = { socket: 1, local: '10.0.1.2:80', peer: '10.0.2.2:1024', from: 'ESTABLISHED', to: 'CLOSE-WAIT' };
    expect(explain('tcp.state', { ...change, reason: 'fin-received' }).text).toEqual({
      en: '10.0.1.2:80 (peer 10.0.2.2:1024) goes from ESTABLISHED to CLOSE-WAIT: the peer’s FIN came.',
      zh: '10.0.1.2:80（对端 10.0.2.2:1024）从 ESTABLISHED 变为 CLOSE-WAIT：收到对端的 FIN。',
    });
    expect(explain('tcp.state', { ...change, peer: '0.0.0.0:0', reason: 'listen' }).text).toEqual({
      en: '10.0.1.2:80 goes from ESTABLISHED to CLOSE-WAIT: the program listens.',
      zh: '10.0.1.2:80 从 ESTABLISHED 变为 CLOSE-WAIT：程序调用 listen。',
    });
    expect(explain('tcp.state', { ...change, reason: 'toString' }).text.zh).toContain('：toString。');
    expect(explain('tcp.timer', { socket: 1, timer: 'persist', backoff: 1, nextNs: 200_000_000 }).text.en).toBe(
      'A timer rang (2 times in a row): zero-window probe; next after 200ms.',
    );
  });
  it('are there in both languages for every reason', () => {
    for (const [reason, { text }] of Object.entries(DROP_REASONS)) {
      expect(text.en, reason).toMatch(/^[A-Z].*\.$/);
      expect(text.zh, reason).toMatch(/[\u4e00-\u9fff].*。$/);
    }
  });

  it('say of a broadcast that it is one, and not that nobody knows where it goes', () => {
    const flood = (mac: string) => explain('switch.flood', { port: 'sw.port1', mac }).text;
    expect(flood('ff:ff:ff:ff:ff:ff').en).toMatch(/^A frame to ff:ff:ff:ff:ff:ff is for more than one/);
    expect(flood('01:00:5e:00:00:12').zh).toContain('不只给一台机器');
    expect(flood('02:00:00:00:01:01').en).toMatch(/^The switch does not know where/);
  });

  it('say of a segment without data that it has none, and of a signal who sent it', () => {
    const again = { socket: 1, packet: 12, seq: 100, length: 0, reason: 'timeout', rtoNs: 1_000_000_000 };
    expect(explain('tcp.retransmit', again).text.en).toMatch(
      /^The segment without data with sequence number 100 is sent/,
    );
    expect(explain('tcp.retransmit', { ...again, length: 5 }).text.zh).toMatch(
      /^序号 100 到 105 的字节作为分组 12 重传/,
    );
    expect(explain('signal.send', { pid: 3, signal: 'SIGTERM', from: 0 }).text.en).toContain(
      'no process of this machine',
    );
    expect(explain('signal.send', { pid: 3, signal: 'SIGTERM', from: 2 }).text.zh).toContain('来自进程 2');
  });

  it('say what became of a cable', () => {
    const change = { cable: 'pc-gw', what: 'plugged' };
    expect(explain('cable.change', { ...change, value: false }).text.en).toBe('Cable pc-gw is unplugged.');
    expect(explain('cable.change', { ...change, value: true }).text.zh).toBe('网线 pc-gw 被插上。');
    const delay = explain('cable.change', { cable: 'pc-gw', what: 'delayNs aToB', value: 2_000_000 });
    expect(delay.text.en).toBe('Cable pc-gw aToB: the delay is 2ms now.');
    const rate = explain('cable.change', { cable: 'pc-gw', what: 'rate', value: 'unlimited' });
    expect(rate.text.zh).toBe('网线 pc-gw：速率不再受限。');
    const fault = { cable: 'pc-gw', what: 'fault bToA', value: 'loss 1 %' };
    expect(explain('cable.change', fault).text.en).toBe('Cable pc-gw bToA: a fault begins: loss 1 %.');
    expect(explain('cable.change', { ...fault, what: 'fault lifted' }).text.zh).toBe(
      '网线 pc-gw：故障解除：loss 1 %。',
    );
  });

  it('show the values of a kind that is not known', () => {
    expect(explain('future.event', { a: 1, b: 'two' }).text.en).toBe('future.event: a 1, b two');
  });
});

describe('states, numbers and fields', () => {
  const lanes = LANE_STATES.map((state) => `lane.${state}`);
  const curves = [...PLOT_KINDS, 'sequence'].map((kind) => `curve.${kind}`);
  const parts = MACHINE_PARTS.map((part) => `machine.${part}`);
  const states = ['LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT']
    .concat(['CLOSING', 'LAST-ACK', 'TIME-WAIT', 'CLOSED'])
    .map((state) => `tcp.${state}`);
  const neighbours = ['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'PERMANENT', 'NOARP'].map(
    (state) => `neighbour.${state}`,
  );

  it('there is none that the page shows and nobody explains', () => {
    for (const id of [...lanes, ...curves, ...parts, ...states, ...neighbours])
      expect(explainTerm(id), id).toBeDefined();
  });

  it('each has a sentence in both languages, and says where it is written', () => {
    for (const id of TERM_IDS) {
      const { text, rule } = explainTerm(id)!;
      expect(text.en, id).toMatch(/^[A-Z].*\.$/);
      expect(text.zh, id).toMatch(/[\u4e00-\u9fff].*。$/);
      expect(rule, id).not.toBe('');
    }
  });

  it('fields that are explained are fields of a packet', () => {
    for (const name of EXPLAINED_FIELDS) {
      expect(ALL_FIELDS.has(name), name).toBe(true);
      expect(explainField(name)!.text.zh, name).toMatch(/[\u4e00-\u9fff].*。$/);
    }
    expect(explainField('tcp.urgent_pointer')).toEqual({ text: { en: '', zh: '' }, rule: 'RFC 9293 section 3.1' });
    expect([explainField('frame.number'), explainTerm('tcp.constructor')]).toEqual([undefined, undefined]);
  });
});
