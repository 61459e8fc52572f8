/** A packet as filters see it: nodes by name, those of quoted headers included, and the bytes that protocols and groups count as. */
import type { Dissection } from '../tree.ts';
import type { TreeNode } from '../tree-node.ts';

export interface FilterPacket {
  readonly bytes: Uint8Array;
  nodes(name: string): readonly TreeNode[];
}

/** A dissected packet; each name is looked up once. */
export class DissectedPacket implements FilterPacket {
  private readonly found = new Map<string, readonly TreeNode[]>();

  constructor(private readonly packet: Dissection) {}

  get bytes(): Uint8Array {
    return this.packet.bytes;
  }

  nodes(name: string): readonly TreeNode[] {
    let nodes = this.found.get(name);
    if (nodes === undefined) {
      const collected: TreeNode[] = [];
      collect(this.packet.nodes, name, collected);
      nodes = collected;
      this.found.set(name, nodes);
    }
    return nodes;
  }
}

function collect(nodes: readonly TreeNode[], name: string, into: TreeNode[]): void {
  for (const node of nodes) {
    const { field } = node;
    if (field.name === name || field.also?.includes(name) === true) into.push(node);
    if (node.children.length > 0) collect(node.children, name, into);
  }
}
