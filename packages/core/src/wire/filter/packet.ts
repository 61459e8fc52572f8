/** A dissected packet as filters see it: all nodes by name, those of quoted headers included. */
import type { Dissection } from '../tree.ts';
import type { TreeNode } from '../treeNode.ts';

export class FilterPacket {
  private readonly index = new Map<string, TreeNode[]>();

  constructor(private readonly packet: Dissection) {
    this.add(packet.nodes);
  }

  get bytes(): Uint8Array {
    return this.packet.bytes;
  }

  nodes(name: string): readonly TreeNode[] {
    return this.index.get(name) ?? [];
  }

  private add(nodes: readonly TreeNode[]): void {
    for (const node of nodes) {
      this.put(node.name, node);
      for (const also of node.field.also ?? []) this.put(also, node);
      this.add(node.children);
    }
  }

  private put(name: string, node: TreeNode): void {
    const known = this.index.get(name);
    if (known === undefined) this.index.set(name, [node]);
    else known.push(node);
  }
}
