import { describe, expect, test } from 'vitest';
import { DEFAULT_COSTS, NO_COSTS } from '../os/costs.ts';
import { costModel, cpuOptions } from './cpu-spec.ts';

describe("a host's cpu", () => {
  test('cores, scheduler and its times', () => {
    expect(cpuOptions({}, 'cpu')).toEqual({ cores: 4, scheduler: { scheduler: 'eevdf' } });
    expect(cpuOptions({ cores: 1, scheduler: 'rr', quantum: '4ms' }, 'cpu')).toEqual({
      cores: 1,
      scheduler: { scheduler: 'rr', quantumNs: 4_000_000 },
    });
    expect(() => cpuOptions({ cores: 0 }, 'm.cpu')).toThrow('m.cpu.cores: 0 is no number of cores');
    expect(() => cpuOptions({ scheduler: 'lottery' }, 'm.cpu')).toThrow("m.cpu.scheduler: 'lottery' is no scheduler");
    expect(() => cpuOptions({ quantum: 'soon' }, 'm.cpu')).toThrow('m.cpu.quantum: "soon" is not a duration');
  });

  test('costs by profile, and one by one', () => {
    expect(costModel(undefined, 'c')).toBe(DEFAULT_COSTS);
    expect(costModel('none', 'c')).toBe(NO_COSTS);
    expect(costModel('virtual-machine', 'c').contextSwitchNs).toBeGreaterThan(DEFAULT_COSTS.contextSwitchNs);
    expect(costModel({ threadNs: 7 }, 'c')).toEqual({ ...DEFAULT_COSTS, threadNs: 7 });
    expect(() => costModel('free', 'm.costs')).toThrow("m.costs: 'free' is no cost model; default, none");
    expect(() => costModel({ magicNs: 1 }, 'm.costs')).toThrow('m.costs.magicNs: no such cost');
    expect(() => costModel({ threadNs: -1 }, 'm.costs')).toThrow('m.costs.threadNs: -1 is no number of nanoseconds');
  });
});
