/**
 * The ABA fault: a stack without locks whose head is swung by compare-and-exchange. A thread reads head A and its successor B and is stopped; another takes A
 * and B and puts A back; the first one's exchange still finds A, and sets the head to B, which is somebody else's by now. With a version
 * beside the head the exchange fails, and it looks again.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

const END = 0;

interface Stack {
  /** Cell with `node` or `node.version`. */
  readonly head: number;
  /** Cells with each node's successor. */
  readonly next: readonly number[];
  readonly versioned: boolean;
}

function nodeOf(head: string): number {
  return Number(head.split('.')[0]);
}

function headText({ versioned }: Stack, node: number, before: string): string {
  return versioned ? `${node}.${Number(before.split('.')[1] ?? 0) + 1}` : `${node}`;
}

async function pop(sys: Sys, stack: Stack): Promise<number> {
  for (;;) {
    const head = (await sys.cell_load(stack.head)) as string;
    const node = nodeOf(head);
    if (node === END) return END;
    const next = (await sys.cell_load(stack.next[node]!)) as number;
    if ((await sys.cell_compare_exchange(stack.head, head, headText(stack, next, head))) === head) return node;
  }
}

async function push(sys: Sys, stack: Stack, node: number): Promise<void> {
  for (;;) {
    const head = (await sys.cell_load(stack.head)) as string;
    await sys.cell_store(stack.next[node]!, nodeOf(head));
    if ((await sys.cell_compare_exchange(stack.head, head, headText(stack, node, head))) === head) return;
  }
}

export const aba: ProgramModule = {
  /** Nodes 1 and 2 are on the stack, 1 on top. Node 2 is taken for good by one thread: nobody else may get it. */
  async main(sys, [, how]) {
    const versioned = how === 'cured';
    const next = [await sys.cell_create(END), await sys.cell_create(2), await sys.cell_create(END)];
    const stack = { head: await sys.cell_create(versioned ? '1.0' : '1'), next, versioned };
    const taker = await sys.thread_create('takeOne', [stack]);
    const mixer = await sys.thread_create('takeTwoGiveOne', [stack]);
    const taken = [(await sys.thread_join(taker)) as number, (await sys.thread_join(mixer)) as number];
    for (let node = await pop(sys, stack); node !== END; node = await pop(sys, stack)) taken.push(node);
    const owned = taken.filter((node) => node !== END);
    return new Set(owned).size === owned.length ? 0 : 1;
  },
  async takeOne(sys: Sys, stack: Stack) {
    return pop(sys, stack);
  },
  /** Takes both, if they are there, keeps the second and puts the first back. */
  async takeTwoGiveOne(sys: Sys, stack: Stack) {
    const first = await pop(sys, stack);
    const second = await pop(sys, stack);
    if (first !== END) await push(sys, stack, first);
    return second;
  },
};
