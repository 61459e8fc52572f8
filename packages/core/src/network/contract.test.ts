import { expect, test } from 'vitest';
import type { IpOutput } from '../transport/ip-output.ts';
import { TestWorld } from './hosts.test-kit.ts';

test('the stack is what the transports ask for', () => {
  const output: IpOutput = new TestWorld().host('a', { eth0: '10.0.0.1/24' }).stack;
  expect(output).toBeDefined();
});
