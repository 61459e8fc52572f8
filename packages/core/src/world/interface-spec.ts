import type { HostSpec, InterfaceSpec } from './topology.ts';

/** A card's specification, also where only its address was written. */
export function interfaceSpec(value: HostSpec['interfaces'][string]): InterfaceSpec {
  return typeof value === 'object' && value !== null && !('param' in value)
    ? (value as InterfaceSpec)
    : { address: value as string };
}
