/**
 * Wireshark display filters over packet trees: `tcp.flags.syn == 1 && ip.dst == 10.0.0.0/8`. Parsed once, then tested against dissections.
 */
import { Ipv4Address, parseInterfaceAddress, prefixOf } from '../../base/address.ts';
import type { Dissection } from '../tree.ts';
import type { TreeNode } from '../treeNode.ts';

export interface Filter {
  readonly text: string;
  test(packet: Dissection): boolean;
}

export type Compiled = { readonly ok: true; readonly filter: Filter } | { readonly ok: false; readonly error: string; readonly at: number };

interface Token {
  readonly kind: 'word' | 'text' | 'op' | 'end';
  readonly text: string;
  readonly at: number;
}

type Test = (packet: Dissection) => boolean;
type Literal = (node: TreeNode) => number | undefined;

const WORD_OPERATORS = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['eq', '=='],
  ['ne', '!='],
  ['gt', '>'],
  ['lt', '<'],
  ['ge', '>='],
  ['le', '<='],
]);

class FilterError extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

export function compileFilter(text: string): Compiled {
  try {
    const test = new Parser(tokens(text)).whole();
    return { ok: true, filter: { text, test } };
  } catch (error) {
    if (error instanceof FilterError) return { ok: false, error: error.message, at: error.at };
    throw error;
  }
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = /\s+|"((?:[^"\\]|\\.)*)"|(==|!=|>=|<=|&&|\|\||\.\.|[!<>(){},~&])|([^\s"=!<>&|(){},~]+)|(.)/gy;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const at = match.index;
    if (match[1] !== undefined) found.push({ kind: 'text', text: match[1].replace(/\\(.)/g, '$1'), at });
    else if (match[2] !== undefined) found.push({ kind: 'op', text: match[2], at });
    else if (match[3] !== undefined) {
      const operator = WORD_OPERATORS.get(match[3]);
      found.push(operator === undefined ? { kind: 'word', text: match[3], at } : { kind: 'op', text: operator, at });
    } else if (match[4] !== undefined) throw new FilterError(`'${match[4]}' has no place in a filter`, at);
  }
  found.push({ kind: 'end', text: '', at: text.length });
  return found;
}

class Parser {
  private at = 0;
  constructor(private readonly list: readonly Token[]) {}

  private get next(): Token {
    return this.list[this.at]!;
  }

  private take(op: string): boolean {
    if (this.next.kind !== 'op' || this.next.text !== op) return false;
    this.at++;
    return true;
  }

  private fail(what: string): never {
    const { text, at } = this.next;
    throw new FilterError(text === '' ? `${what} is missing at the end` : `${what} expected before '${text}'`, at);
  }

  whole(): Test {
    const test = this.either();
    if (this.next.kind !== 'end') this.fail('&& or ||');
    return test;
  }

  private either(): Test {
    let left = this.both();
    while (this.take('||')) {
      const [a, b] = [left, this.both()];
      left = (packet) => a(packet) || b(packet);
    }
    return left;
  }

  private both(): Test {
    let left = this.single();
    while (this.take('&&')) {
      const [a, b] = [left, this.single()];
      left = (packet) => a(packet) && b(packet);
    }
    return left;
  }

  private single(): Test {
    if (this.take('!')) {
      const inner = this.single();
      return (packet) => !inner(packet);
    }
    if (this.take('(')) {
      const inner = this.either();
      if (!this.take(')')) this.fail("')'");
      return inner;
    }
    return this.comparison();
  }

  private comparison(): Test {
    const field = this.next;
    if (field.kind !== 'word') this.fail('a field');
    this.at++;
    const operator = this.next;
    if (operator.kind === 'word' && ['contains', 'matches', 'in'].includes(operator.text)) {
      this.at++;
      return this.wordOperator(field.text, operator.text);
    }
    if (operator.kind !== 'op' || !['==', '!=', '>', '<', '>=', '<='].includes(operator.text)) {
      return (packet) => nodesOf(packet, field.text).length > 0;
    }
    this.at++;
    const compare = this.literal();
    const holds = (order: number | undefined): boolean => order !== undefined && matches(operator.text, order);
    // Wireshark 4: != means that no value is equal; the others that some value is.
    if (operator.text === '!=') {
      return (packet) => {
        const nodes = nodesOf(packet, field.text);
        return nodes.length > 0 && nodes.every((node) => holds(compare(node)));
      };
    }
    return (packet) => nodesOf(packet, field.text).some((node) => holds(compare(node)));
  }

  private wordOperator(field: string, operator: string): Test {
    if (operator === 'in') return this.membership(field);
    const value = this.next;
    if (value.kind !== 'text' && value.kind !== 'word') this.fail('a text');
    this.at++;
    if (operator === 'contains') return (packet) => nodesOf(packet, field).some((node) => textOf(node, packet).includes(value.text));
    throw new FilterError("'matches' is not supported by Netarium; use contains", value.at);
  }

  private membership(field: string): Test {
    if (!this.take('{')) this.fail("'{'");
    const members: ((node: TreeNode) => boolean)[] = [];
    do {
      const low = this.literal();
      if (this.take('..')) {
        const high = this.literal();
        members.push((node) => (low(node) ?? -1) >= 0 && (high(node) ?? 1) <= 0);
      } else members.push((node) => low(node) === 0);
    } while (this.take(','));
    if (!this.take('}')) this.fail("'}'");
    return (packet) => nodesOf(packet, field).some((node) => members.some((member) => member(node)));
  }

  /** A value, as a function that orders a node's value against it; undefined where they cannot be compared. */
  private literal(): Literal {
    const { kind, text } = this.next;
    if (kind !== 'word' && kind !== 'text') this.fail('a value');
    this.at++;
    const address = parseInterfaceAddress(text);
    const prefix = address !== undefined && text.includes('/') ? prefixOf(address.address, address.prefixLength) : undefined;
    const number = /^(0x[0-9a-f]+|-?\d+(\.\d+)?)$/i.test(text) ? Number(text) : text === 'true' || text === 'True' ? 1 : text === 'false' || text === 'False' ? 0 : undefined;
    return (node) => {
      const { field, value } = node;
      if (field.type === 'ipv4' && typeof value === 'number' && address !== undefined) {
        if (prefix !== undefined) return prefix.contains(new Ipv4Address(value)) ? 0 : value - (address.address.key as number) || 1;
        return value - (address.address.key as number);
      }
      if (field.type === 'time' && typeof value === 'number' && number !== undefined) return value / 1e9 - number;
      if (typeof value === 'number' && number !== undefined && field.type !== 'mac') return value - number;
      const shown = node.show;
      const wanted = field.type === 'mac' ? text.toLowerCase().replaceAll('-', ':') : text;
      return shown === wanted ? 0 : shown < wanted ? -1 : 1;
    };
  }
}

function matches(operator: string, order: number): boolean {
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '>=':
      return order >= 0;
    default:
      return order <= 0;
  }
}

function textOf(node: TreeNode, packet: Dissection): string {
  if (typeof node.value === 'string') return node.value;
  let text = '';
  for (let i = node.start; i < node.end; i++) text += String.fromCharCode(packet.bytes[i]!);
  return text;
}

function nodesOf(packet: Dissection, name: string): TreeNode[] {
  const found: TreeNode[] = [];
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (node.name === name || node.field.also?.includes(name) === true) found.push(node);
      walk(node.children);
    }
  };
  walk(packet.nodes);
  return found;
}
