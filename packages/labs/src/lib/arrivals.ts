/** How much of a shared path each sender gets, measured where it arrives. */
import type { LabTools } from '@netarium/core/check/lab-context.ts';

const SECOND = 1_000_000_000;

/** Payload bits per second that a sender brings to the server within a time. */
export type Rate = (sender: string, fromNs: number, toNs: number) => number;

/** Counts from now on what arrives for an address at a card, packet by packet. */
export function arrivals({ watch }: LabTools, address: string, card: string): Rate {
  const seen: { readonly atNs: number; readonly from: unknown; readonly bytes: number }[] = [];
  watch(
    `ip.dst == ${address} && (tcp.len > 0 || udp)`,
    (p) => {
      const bytes = p.field('tcp.len') ?? Number(p.field('udp.length')) - 8;
      seen.push({ atNs: p.atNs, from: p.field('ip.src'), bytes: Number(bytes) });
    },
    card,
  );
  return (sender, fromNs, toNs) => {
    const within = seen.filter(({ atNs, from }) => from === sender && atNs >= fromNs && atNs < toNs);
    return Math.round((within.reduce((sum, { bytes }) => sum + bytes, 0) * 8 * SECOND) / (toNs - fromNs));
  };
}
