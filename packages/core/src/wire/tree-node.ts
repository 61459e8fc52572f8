/** Nodes of the packet tree: a field, its value and the bytes it was read from. */
import { Ipv4Address, MacAddress } from '../base/address.ts';
import { hex } from '../base/bytes.ts';
import type { Field, FieldValue, Language } from './field.ts';

/** Most nodes are leaves: they share one empty list. */
const NO_CHILDREN: readonly TreeNode[] = [];

export class TreeNode {
  private below: TreeNode[] | undefined = undefined;

  constructor(
    readonly field: Field,
    readonly value: FieldValue,
    /** Byte range in the frame; empty for what is computed and not read. */
    readonly start: number,
    readonly end: number,
    /** What the value means, where that is more than the table's value name: `Echo (ping) request`. */
    readonly meaning: string | undefined = undefined,
  ) {}

  get children(): readonly TreeNode[] {
    return this.below ?? NO_CHILDREN;
  }

  append(child: TreeNode): void {
    if (this.below === undefined) this.below = [child];
    else this.below.push(child);
  }

  /** By place; what has the same place keeps its order. */
  sortChildren(): void {
    this.below?.sort((a, b) => a.start - b.start);
  }

  get name(): string {
    return this.field.name;
  }

  label(language: Language): string {
    return this.field[language];
  }

  /** The value as `tshark -T json` writes it. */
  get show(): string {
    return showValue(this.field, this.value);
  }

  /** One line of the tree: `Time to Live: 64`, `Type: IPv4 (0x0800)`. */
  text(language: Language): string {
    return nodeText(this, language);
  }
}

function showValue(field: Field, value: FieldValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return hex(value, ':');
  switch (field.type) {
    case 'mac':
      return new MacAddress(value).toString();
    case 'ipv4':
      return new Ipv4Address(value).toString();
    case 'time':
      return seconds(value);
    default:
      return field.hexDigits === undefined ? String(value) : `0x${value.toString(16).padStart(field.hexDigits, '0')}`;
  }
}

/** Nanoseconds as seconds with nine decimals, exactly. */
export function seconds(ns: number): string {
  const positive = Math.abs(ns);
  const whole = Math.floor(positive / 1_000_000_000);
  return `${ns < 0 ? '-' : ''}${whole}.${String(positive - whole * 1_000_000_000).padStart(9, '0')}`;
}

function nodeText(node: TreeNode, language: Language): string {
  const { field, value } = node;
  const label = field[language];
  const name = node.meaning ?? (typeof value === 'number' ? field.names?.get(value) : undefined);
  if (value === undefined) return name === undefined ? label : `${label}${field.type === 'none' ? ', ' : ': '}${name}`;
  if (field.type === 'bool' && node.meaning === undefined) return `${label}: ${boolText(value === 1, language)}`;
  return name === undefined ? `${label}: ${node.show}` : `${label}: ${name} (${node.show})`;
}

function boolText(set: boolean, language: Language): string {
  if (language === 'zh') return set ? '置位' : '未置位';
  return set ? 'Set' : 'Not set';
}

/** `text` with the bits of a masked field before it, as Wireshark draws them: `.1.. .... = Don't fragment: Set`. */
export function bitPattern(node: TreeNode, bytes: Uint8Array): string | undefined {
  const { mask, size } = node.field;
  if (mask === undefined || size === undefined) return undefined;
  let raw = 0;
  for (let i = node.start; i < node.end; i++) raw = raw * 256 + bytes[i]!;
  let text = '';
  for (let bit = size * 8 - 1; bit >= 0; bit--) {
    const weight = pow2(bit);
    const inMask = Math.floor(mask / weight) % 2 === 1;
    text += inMask ? String(Math.floor(raw / weight) % 2) : '.';
    if (bit % 4 === 0 && bit > 0) text += ' ';
  }
  return text;
}

function pow2(exponent: number): number {
  let value = 1;
  for (let i = 0; i < exponent; i++) value *= 2;
  return value;
}
