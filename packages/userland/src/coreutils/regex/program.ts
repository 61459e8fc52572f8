/** Compiles the tree of a regular expression to instructions: a nondeterministic automaton. */
import { type Node, type ParsedRegex, RegexError, UNBOUNDED } from './syntax.ts';

export type Instruction =
  | { readonly op: 'test'; readonly test: (char: string) => boolean }
  | { readonly op: 'start' }
  | { readonly op: 'end' }
  | { readonly op: 'word'; readonly edge: 'start' | 'end' | 'either' | 'neither' }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'back'; readonly index: number }
  /** Tries `first`, then `second`. */
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'match' };

const MAX_INSTRUCTIONS = 50_000;

export function compileProgram({ node }: ParsedRegex): Instruction[] {
  const out: Instruction[] = [];
  emit(node, out);
  out.push({ op: 'match' });
  return out;
}

function push(out: Instruction[], instruction: Instruction): number {
  if (out.length >= MAX_INSTRUCTIONS) throw new RegexError('Regular expression too big');
  out.push(instruction);
  return out.length - 1;
}

function emit(node: Node, out: Instruction[]): void {
  switch (node.kind) {
    case 'char': {
      const { char } = node;
      push(out, { op: 'test', test: (other) => other === char });
      return;
    }
    case 'any':
      push(out, { op: 'test', test: (char) => char !== '\n' });
      return;
    case 'set': {
      const { matches, negated } = node;
      push(out, { op: 'test', test: (char) => matches(char) !== negated });
      return;
    }
    case 'start':
    case 'end':
      push(out, { op: node.kind });
      return;
    case 'word':
      push(out, { op: 'word', edge: node.edge });
      return;
    case 'group':
      push(out, { op: 'save', slot: node.index * 2 });
      emit(node.body, out);
      push(out, { op: 'save', slot: node.index * 2 + 1 });
      return;
    case 'back':
      push(out, { op: 'back', index: node.index });
      return;
    case 'sequence':
      for (const item of node.items) emit(item, out);
      return;
    case 'choice':
      emitChoice(node.options, out);
      return;
    case 'repeat':
      emitRepeat(node.body, node.min, node.max, out);
  }
}

function emitChoice(options: readonly Node[], out: Instruction[]): void {
  const jumps: { op: 'jump'; to: number }[] = [];
  options.forEach((option, index) => {
    if (index === options.length - 1) {
      emit(option, out);
      return;
    }
    const split = { op: 'split' as const, first: out.length + 1, second: 0 };
    push(out, split);
    emit(option, out);
    const jump = { op: 'jump' as const, to: 0 };
    push(out, jump);
    jumps.push(jump);
    split.second = out.length;
  });
  for (const jump of jumps) jump.to = out.length;
}

function emitRepeat(body: Node, min: number, max: number, out: Instruction[]): void {
  for (let i = 0; i < min; i++) emit(body, out);
  if (max === UNBOUNDED) {
    const split = { op: 'split' as const, first: out.length + 1, second: 0 };
    const at = push(out, split);
    emit(body, out);
    push(out, { op: 'jump', to: at });
    split.second = out.length;
    return;
  }
  const splits: { op: 'split'; first: number; second: number }[] = [];
  for (let i = min; i < max; i++) {
    const split = { op: 'split' as const, first: out.length + 1, second: 0 };
    push(out, split);
    splits.push(split);
    emit(body, out);
  }
  for (const split of splits) split.second = out.length;
}
