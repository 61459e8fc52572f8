/** IEEE 802.1Q on a switch port: which VLAN a frame belongs to, who may have it, and with or without a tag. Pure functions. */
import { ETHERTYPE, Frame, type NetworkPdu, TrailedFrame, VlanTagged } from '../wire/packet.ts';

export type PortVlan =
  | { readonly mode: 'access'; readonly vlan: number }
  | {
      readonly mode: 'trunk';
      /** VLANs that pass; all where undefined. */
      readonly allowed?: readonly number[];
      /** The VLAN of untagged frames; without one they are refused. */
      readonly native?: number;
    };

/** The table key of a switch that knows no VLANs; also the id of priority-tagged frames, which name none. */
export const VLAN_UNAWARE = 0;
/** The VLAN of a port without configuration (clause 9.6). */
export const DEFAULT_VLAN = 1;

function tagOf(frame: Frame): VlanTagged | undefined {
  return frame.payload.kind === 'vlan' ? frame.payload : undefined;
}

/** The VLAN of a frame that came in: its tag's, or the port's where it has no tag or one with id 0 (priority only). 0 for none. */
export function classify(port: PortVlan | undefined, frame: Frame): number {
  const tagged = tagOf(frame)?.vlanId ?? 0;
  if (tagged !== 0) return tagged;
  if (port === undefined) return DEFAULT_VLAN;
  return port.mode === 'access' ? port.vlan : (port.native ?? 0);
}

/** Whether frames of `vlan` may leave by this port. */
export function allows(port: PortVlan | undefined, vlan: number): boolean {
  if (port === undefined) return vlan === DEFAULT_VLAN;
  if (port.mode === 'access') return port.vlan === vlan;
  return port.allowed === undefined || port.allowed.includes(vlan) || port.native === vlan;
}

/** Whether a frame of `vlan` may come in: an access port takes no foreign tags (ingress filtering, clause 8.6.2). */
export function admits(port: PortVlan | undefined, vlan: number): boolean {
  return vlan >= 1 && vlan <= 4094 && allows(port, vlan);
}

/** The frame without its tag. */
export function pop(frame: Frame): Frame {
  const tag = tagOf(frame);
  return tag === undefined ? frame : around(frame, tag.etherType, tag.payload);
}

/** A frame with the same ends and the same trailer around another payload. */
function around(frame: Frame, etherType: number, payload: NetworkPdu): Frame {
  const { dst, src, trailer } = frame;
  if (trailer === undefined) return new Frame(dst, src, etherType, payload);
  return new TrailedFrame(dst, src, etherType, payload, trailer);
}

/** The frame as it leaves by `port`: tagged on a trunk unless its VLAN is native there. Keeps the priority it came with. */
export function push(port: PortVlan | undefined, untagged: Frame, arrived: Frame, vlan: number): Frame {
  if (port === undefined || port.mode === 'access' || port.native === vlan) return untagged;
  const { payload } = untagged;
  // A tag within a tag (802.1ad) passes as it is.
  if (payload.kind === 'vlan') return arrived;
  const tag = tagOf(arrived);
  if (tag !== undefined && tag.vlanId === vlan) return arrived;
  const tagged = new VlanTagged(vlan, tag?.priority ?? 0, untagged.etherType, payload, tag?.dropEligible ?? false);
  return around(untagged, ETHERTYPE.vlan, tagged);
}

/** Reads a port's VLANs from a lab (`{ mode: access, vlan: 10 }`); a text says what is wrong with it. */
export function readPortVlan(value: unknown): PortVlan | string {
  if (typeof value !== 'object' || value === null)
    return 'a port VLAN is { mode: access, vlan } or { mode: trunk, allowed, native }';
  const fields = new Map<string, unknown>(Object.entries(value));
  const mode = fields.get('mode');
  const known = mode === 'access' ? ['mode', 'vlan'] : ['mode', 'allowed', 'native'];
  for (const name of fields.keys())
    if (!known.includes(name)) return `'${name}' means nothing for a port of mode ${String(mode)}`;
  if (mode === 'access') {
    const vlan = fields.get('vlan');
    return isVlanId(vlan) ? { mode, vlan } : `'${String(vlan)}' is no VLAN; they are numbered 1 to 4094`;
  }
  if (mode !== 'trunk') return `'${String(mode)}' is no mode of a port; access and trunk are`;
  const allowed = fields.get('allowed');
  const native = fields.get('native');
  if (native !== undefined && !isVlanId(native)) return `'${String(native)}' is no VLAN; they are numbered 1 to 4094`;
  if (allowed !== undefined && !(Array.isArray(allowed) && allowed.every(isVlanId)))
    return "'allowed' is a list of VLANs, 1 to 4094";
  return { mode, ...(allowed === undefined ? {} : { allowed }), ...(native === undefined ? {} : { native }) };
}

function isVlanId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 4094;
}
