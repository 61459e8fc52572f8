import { expect, test } from 'vitest';
import { readPortVlan } from './vlan.ts';

test('port VLANs are read from a lab', () => {
  expect(readPortVlan({ mode: 'access', vlan: 10 })).toEqual({ mode: 'access', vlan: 10 });
  expect(readPortVlan({ mode: 'trunk' })).toEqual({ mode: 'trunk' });
  expect(readPortVlan({ mode: 'trunk', allowed: [1, 2], native: 3 })).toEqual({
    mode: 'trunk',
    allowed: [1, 2],
    native: 3,
  });
});

test('what is wrong is said in words', () => {
  expect(readPortVlan(10)).toContain('mode: access');
  expect(readPortVlan({ mode: 'hybrid' })).toBe("'hybrid' is no mode of a port; access and trunk are");
  expect(readPortVlan({ mode: 'access', vlan: 4095 })).toBe("'4095' is no VLAN; they are numbered 1 to 4094");
  expect(readPortVlan({ mode: 'access', vlan: 1, native: 2 })).toBe("'native' means nothing for a port of mode access");
  expect(readPortVlan({ mode: 'trunk', allowed: ['1'] })).toBe("'allowed' is a list of VLANs, 1 to 4094");
  expect(readPortVlan({ mode: 'trunk', native: 0 })).toContain("'0' is no VLAN");
});
