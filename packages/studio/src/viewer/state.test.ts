import { describe, expect, test } from 'vitest';
import { hashOfState, stateFromHash } from './state.ts';

const first = { atNs: 100, endNs: 5000, pane: 'lanes', lanes: 9, language: 'en' } as const;
const atFirst = stateFromHash('', first);

describe('an address', () => {
  test('that says nothing is the first look', () => {
    expect(atFirst).toMatchObject({ nowNs: 100, pane: 'lanes', filter: '', selection: { kind: 'none' } });
  });
  test.each([
    't=soon',
    't=',
    't=NaN',
    'view=nonsense',
    'sel=pkt.x',
    'zoom=9-1',
    'lang=xx',
    'theme=pink',
    'scale=log',
    'bm=x',
    'thread=x',
    'thread=9',
  ])('that says something wrong says nothing: %s', (wrong) =>
    expect(stateFromHash(`#${wrong}`, first)).toEqual(atFirst),
  );
  test('keeps an instant inside of the run', () => {
    expect(['-5', '4999.6', '1e99'].map((t) => stateFromHash(`#t=${t}`, first).nowNs)).toEqual([0, 5000, 5000]);
  });
  test('comes back from what it makes', () => {
    const hash =
      '#t=250&view=packets&sel=machine.%E6%9C%BA+a%26b&f=tcp.port+%3D%3D+80+%26%26+ip&card=a.eth0&scale=time&seq=absolute&thread=3.Task-2&zoom=1-9&area=2-3&x=event.4&keys=off&theme=dark&lang=zh&run=abc';
    expect(hashOfState(stateFromHash(hash, first), 'abc')).toBe(hash);
    expect(stateFromHash(hash, first).selection).toEqual({ kind: 'machine', name: '机 a&b' });
  });
});
