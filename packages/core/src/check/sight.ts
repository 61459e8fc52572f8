/**
 * What a lab sees: packets that match a display filter, either where each was made (the whole network, every packet once) or at one card (its
 * capture, both directions). TCP analysis is done per point of view, as Wireshark would on that capture.
 */
import type { FrameMatch } from '../link/faults/rule.ts';
import { packetIdOf } from '../link/identity.ts';
import type { PacketContext } from '../wire/dissector.ts';
import { type CompiledFilter, compileFilter, filterErrorText } from '../wire/filter/filter.ts';
import { type Dissection, dissect } from '../wire/tree.ts';
import type { TreeNode } from '../wire/tree-node.ts';
import { SpecError } from '../world/topology.ts';
import { TcpAnalysis } from './analysis.ts';
import type { Seen, SeenLayer, SeenPacket } from './lab-context.ts';
import type { Trace, TracedFrame } from './trace.ts';

/** One point of view: dissected packets in order, with the analysis of their conversations. */
class View {
  readonly packets: ViewedPacket[] = [];
  private readonly analysis = new TcpAnalysis();
  private firstNs = -1;
  private lastNs = 0;

  add(entry: TracedFrame): ViewedPacket {
    const number = this.packets.length + 1;
    if (this.firstNs < 0) {
      this.firstNs = entry.atNs;
      this.lastNs = entry.atNs;
    }
    const tcp = this.analysis.packet(entry.frame, number, entry.atNs);
    const context: PacketContext = {
      number,
      relativeNs: entry.atNs - this.firstNs,
      deltaNs: entry.atNs - this.lastNs,
      interfaceName: entry.card.name,
      ...(tcp === undefined ? {} : { tcp }),
    };
    this.lastNs = entry.atNs;
    const packet = new ViewedPacket(entry, number, context);
    this.packets.push(packet);
    return packet;
  }
}

class ViewedPacket implements SeenPacket {
  private dissected: Dissection | undefined;

  constructor(
    private readonly entry: TracedFrame,
    readonly number: number,
    private readonly context: PacketContext,
  ) {}

  get packet(): number {
    return packetIdOf(this.entry.frame);
  }

  get atNs(): number {
    return this.entry.atNs;
  }

  get card(): string {
    return this.entry.card.fullName;
  }

  get direction(): 'in' | 'out' {
    return this.entry.direction;
  }

  get dissection(): Dissection {
    this.dissected ??= dissect(this.entry.frame, this.context);
    return this.dissected;
  }

  get info(): string {
    return this.dissection.info;
  }

  get layers(): readonly SeenLayer[] {
    return this.dissection.nodes
      .filter(({ name }) => name !== 'frame')
      .map(({ name, start, end, children }) => ({
        protocol: name,
        start,
        end,
        fields: children.map((child) => ({ name: child.name, start: child.start, end: child.end })),
      }));
  }

  field(name: string): number | string | boolean | undefined {
    return this.fields(name)[0];
  }

  fields(name: string): readonly (number | string | boolean)[] {
    const found: (number | string | boolean)[] = [];
    collect(this.dissection.nodes, name, found);
    return found;
  }
}

function collect(nodes: readonly TreeNode[], name: string, found: (number | string | boolean)[]): void {
  for (const node of nodes) {
    if (node.name === name) found.push(fieldValue(node));
    collect(node.children, name, found);
  }
}

/** Flags as booleans, numbers as numbers, addresses and bytes as text, a protocol or other bare node as true. */
function fieldValue(node: TreeNode): number | string | boolean {
  const { field, value } = node;
  if (value === undefined) return true;
  if (field.type === 'bool') return value !== 0;
  return typeof value === 'number' && field.type !== 'mac' && field.type !== 'ipv4' ? value : node.show;
}

export class Sight {
  private readonly origins = new View();
  private readonly byCard = new Map<string, View>();
  private consumed = 0;

  constructor(private readonly trace: Trace) {}

  /** A display filter as a predicate over frames, for faults; conversation fields are not available there. */
  readonly frameMatcher = (text: string, path: string): FrameMatch => {
    const filter = compiled(text, path);
    return (frame) => filter.test(dissect(frame));
  };

  seen(text: string, card?: string): Seen {
    const filter = compiled(text, `seen('${text}')`);
    this.catchUp();
    const view = card === undefined ? this.origins : this.viewOf(card);
    const packets = view.packets.filter((packet) => filter.test(packet.dissection));
    return { count: packets.length, packets, first: packets[0], last: packets.at(-1) };
  }

  watch(text: string, listener: (packet: SeenPacket) => void, card?: string): void {
    const filter = compiled(text, `watch('${text}')`);
    if (card !== undefined) this.viewOf(card);
    this.trace.onFrame((entry) => {
      this.catchUp();
      const packet =
        card === undefined
          ? entry.origin
            ? this.origins.packets.at(-1)
            : undefined
          : entry.card.fullName === card
            ? this.viewOf(card).packets.at(-1)
            : undefined;
      if (packet !== undefined && filter.test(packet.dissection)) listener(packet);
    });
  }

  private viewOf(card: string): View {
    const view = this.byCard.get(card);
    if (view !== undefined) return view;
    const made = new View();
    for (let i = 0; i < this.consumed; i++) {
      const entry = this.trace.frames[i]!;
      if (entry.card.fullName === card) made.add(entry);
    }
    this.byCard.set(card, made);
    return made;
  }

  /** Brings all points of view up to the last frame of the trace. */
  private catchUp(): void {
    const { frames } = this.trace;
    for (; this.consumed < frames.length; this.consumed++) {
      const entry = frames[this.consumed]!;
      if (entry.origin) this.origins.add(entry);
      this.byCard.get(entry.card.fullName)?.add(entry);
    }
  }
}

function compiled(text: string, path: string): CompiledFilter {
  const result = compileFilter(text);
  if (!result.ok) throw new SpecError(path, filterErrorText(text, result.error));
  return result;
}
