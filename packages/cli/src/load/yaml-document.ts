/**
 * A YAML document as plain values with the place of each: tags become the specifications that `host()`, `cable()` and the other makers give in
 * TypeScript. Whether the values make sense is the question of `validateLab`; here only what YAML itself and the tags may say is judged.
 * Aliases are followed, within a bound, so that no small file grows into a large one.
 */
import { hostSpec } from '@netarium/core/check/lab.ts';
import type { LabProblem, PathPart } from '@netarium/core/check/lab-problem.ts';
import { pathText } from '@netarium/core/check/lab-problem.ts';
import { quote } from '@netarium/core/check/shape.ts';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';

const NODES_MAX = 100_000;
const DEPTH_MAX = 64;
const TAGS = ['!host', '!router', '!switch', '!hub', '!cable', '!param', '!nth'];
const MACHINE_TAGS = TAGS.slice(0, 4);

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlDocument {
  readonly value: unknown;
  readonly problems: readonly LabProblem[];
  /** Where a problem is: the nearest place that was written. */
  position(problem: LabProblem): Position;
}

export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    stringKeys: false,
  });
  const reader = new Reader(document);
  const syntax = new Map<LabProblem, number>();
  for (const { message, pos } of document.errors) {
    syntax.set({ path: [], code: 'not-yaml', values: { message: firstLine(message) } }, pos[0]);
  }
  const value = syntax.size === 0 ? reader.read(document.contents, []) : undefined;
  return {
    value,
    problems: [...syntax.keys(), ...reader.problems],
    position(problem) {
      const { line, col } = lines.linePos(syntax.get(problem) ?? reader.offsetOf(problem));
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
}

function firstLine(message: string): string {
  return message.split('\n')[0]!;
}

/** Problems that concern a key and not what stands behind it. */
const ABOUT_KEYS = new Set(['unknown-key', 'bad-machine-name', 'reserved-machine-name', 'bad-card-name', 'not-path']);

class Reader {
  readonly problems: LabProblem[] = [];
  private readonly keyAt = new Map<string, number>();
  private readonly valueAt = new Map<string, number>();
  private nodes = 0;

  constructor(private readonly document: Document.Parsed) {}

  offsetOf({ path, code }: LabProblem): number {
    for (let length = path.length; length >= 0; length--) {
      const place = pathText(path.slice(0, length));
      const whole = length === path.length;
      const found = whole && ABOUT_KEYS.has(code) ? this.keyAt.get(place) : this.valueAt.get(place);
      if (found !== undefined) return found;
    }
    return 0;
  }

  read(node: unknown, path: readonly PathPart[]): unknown {
    const target = isAlias(node) ? node.resolve(this.document) : node;
    if (isNode(node)) this.mark(this.valueAt, path, node);
    if (path.length > DEPTH_MAX || ++this.nodes > NODES_MAX) {
      if (this.nodes <= NODES_MAX + 1) this.complain(path, 'not-yaml', { message: 'nested too deeply or too large' });
      this.nodes = Math.max(this.nodes, path.length > DEPTH_MAX ? this.nodes : NODES_MAX + 1);
      return undefined;
    }
    const tag = isNode(target) ? target.tag : undefined;
    if (tag !== undefined && !tag.startsWith('tag:yaml.org,2002:')) return this.tagged(tag, target as Node, path);
    if (path.length === 2 && path[0] === 'cables' && isSeq(target)) return this.cable(target, path);
    return this.plain(target, path);
  }

  private plain(node: unknown, path: readonly PathPart[]): unknown {
    if (isMap(node)) return this.map(node, path);
    if (isSeq(node)) return node.items.map((item, i) => this.read(item, [...path, i]));
    if (!isScalar(node)) return undefined;
    const { value } = node as Scalar;
    return typeof value === 'bigint' ? Number(value) : value;
  }

  private map(node: YAMLMap, path: readonly PathPart[]): Record<string, unknown> {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = isScalar(key) ? String(key.value) : quote(String(key));
        const at = [...path, name];
        if (isNode(key)) this.mark(this.keyAt, at, key);
        if (isNode(key) && value === null) this.mark(this.valueAt, at, key);
        return [name, value === null ? undefined : this.read(value, at)];
      }),
    );
  }

  private tagged(tag: string, node: Node, path: readonly PathPart[]): unknown {
    if (!TAGS.includes(tag)) return this.complain(path, 'unknown-tag', { tag, allowed: TAGS.join(' ') });
    if (MACHINE_TAGS.includes(tag)) return this.machine(tag.slice(1), node, path);
    if (tag === '!param')
      return isScalar(node) ? { param: String(node.value) } : this.complain(path, 'wrong-tag', { tag });
    if (tag === '!nth') return this.nth(node, path);
    return this.cable(node, path);
  }

  private machine(kind: string, node: Node, path: readonly PathPart[]): unknown {
    const wrong = path.length !== 2 || path[0] !== 'machines';
    if (wrong || !(isMap(node) || isEmpty(node))) return this.complain(path, 'wrong-tag', { tag: `!${kind}` });
    const options = isMap(node) ? this.map(node, path) : {};
    return kind === 'host' || kind === 'router' ? hostSpec(kind, options) : { ...options, kind };
  }

  /** `!nth 20`, `!nth lost` (a parameter), `!nth [3, 5]`, `!nth { frames: 1, matching: tcp.flags.syn == 1 }`. */
  private nth(node: Node, path: readonly PathPart[]): unknown {
    if (isSeq(node)) return { nth: this.plain(node, path) };
    if (isMap(node)) {
      const { frames, ...rest } = this.map(node, path);
      return { ...rest, nth: typeof frames === 'string' ? { param: frames } : frames };
    }
    const text = isScalar(node) ? String(node.value) : '';
    return { nth: /^\d{1,9}$/.test(text) ? Number(text) : { param: text } };
  }

  private cable(node: Node, path: readonly PathPart[]): unknown {
    if (path[0] !== 'cables' || path.length !== 2) return this.complain(path, 'wrong-tag', { tag: '!cable' });
    if (!isSeq(node) || node.items.length < 2 || node.items.length > 3) return this.complain(path, 'not-a-cable', {});
    const [from, to, options] = node.items;
    const rest = options === undefined ? {} : this.read(options, path);
    this.mark(this.valueAt, path, node);
    if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) return this.complain(path, 'not-a-cable', {});
    return { ...rest, from: this.read(from, [...path, 'from']), to: this.read(to, [...path, 'to']) };
  }

  private complain(path: readonly PathPart[], code: LabProblem['code'], values: LabProblem['values']): undefined {
    this.problems.push({ path, code, values });
    return undefined;
  }

  private mark(where: Map<string, number>, path: readonly PathPart[], node: Node): void {
    const offset = node.range?.[0];
    if (offset !== undefined) where.set(pathText(path), offset);
  }
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && (node.value === null || node.value === '');
}
