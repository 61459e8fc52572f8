/** Where packet filters and address translation attach. One holder per host; empty means that nobody is asked. */
import type { PacketHooks } from './types.ts';

export class HookPoint {
  hooks: PacketHooks | undefined = undefined;
}
