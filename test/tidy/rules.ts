/**
 * Taste as a test: the rules that the compiler does not hold. Pure functions from sources to complaints, so that each rule
 * is itself tested on bad samples (tidy.test.ts). What formatting and linting catch is not repeated here.
 */
import { posix } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** Path from the repository's root, with slashes, to text. */
export type Sources = ReadonlyMap<string, string>;

export interface Complaint {
  file: string;
  line: number;
  text: string;
}

/** Folders of packages/core/src from low to high: an import points to its own folder or downwards. */
export const layers = [
  'base',
  'time',
  'random',
  'record',
  'wire',
  'link',
  'network',
  'transport',
  'kernel',
  'socket',
  'os',
  'syscall',
  'world',
  'check',
];

/** What a package may import: packages, or folders of one. A program reaches its host through system calls only. */
export const packages: Record<string, readonly string[]> = {
  core: [],
  sqlite: [],
  userland: ['core/syscall', 'core/base', 'core/wire', 'sqlite'],
  view: ['core'],
  labs: ['core', 'userland', 'view'],
  real: ['core'],
  // What a run means is view's to say: components format instants and read the types of the packet tree.
  studio: ['core/time', 'core/wire', 'view'],
  cli: ['core', 'userland', 'view', 'labs', 'real'],
};

/** Packages that run in a browser tab too: nothing from Node or the registry. */
const portable = new Set(['core', 'userland', 'view', 'labs']);

/** But for these, which are plain computing: they touch neither Node nor a page, and give the same everywhere. */
const plainLibraries: Record<string, readonly string[]> = { userland: ['fflate', 'tr46'] };

/** Packages whose code runs inside a world, where the same seed has to give the same run in every engine. */
const deterministic = new Set(['core', 'userland', 'labs']);

/** Nobody imports these; somebody starts them, or a package's `exports` choose between them. */
const entries = new Set([
  ...['main', 'index', 'worker', 'real-thread', 'real-child'].map((name) => `packages/cli/src/${name}.ts`),
  ...['node', 'browser'].map((where) => `packages/sqlite/src/sqlite.${where}.ts`),
  'packages/studio/src/viewer/main.tsx',
  'packages/studio/src/book/main.ts',
]);

const exactMath = new Set('min max floor ceil abs imul trunc clz32 round sign fround'.split(' '));
const bannedNames = new Set(
  'Date Intl WeakRef FinalizationRegistry setTimeout setInterval setImmediate queueMicrotask console'.split(' '),
);
const bannedMembers = /^(toLocale[A-Z]\w*|localeCompare)$/;
const markers = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);

const functions = new Set('FunctionDeclaration FunctionExpression ArrowFunctionExpression'.split(' '));
const importing = new Set(
  'ImportDeclaration ExportNamedDeclaration ExportAllDeclaration ImportExpression TSImportType'.split(' '),
);

export const functionLinesMax = 120;

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

interface Import {
  specifier: string;
  at: number;
}

function isTest(file: string): boolean {
  return /\.test(-\w+)?\.ts$/.test(file) || !file.startsWith('packages/');
}

export function checkMarkers(sources: Sources): Complaint[] {
  const found: Complaint[] = [];
  for (const [file, text] of sources) {
    text.split('\n').forEach((content, index) => {
      const marker = markers.exec(content);
      if (marker) found.push({ file, line: index + 1, text: `${marker[0]}: do it, or describe what is missing` });
    });
  }
  return found;
}

export function checkImports(sources: Sources): Complaint[] {
  return eachModule(sources, (file, tree, complain) => {
    const from = place(file);
    if (from === undefined || isTest(file)) return;
    for (const { specifier, at } of importsOf(tree)) {
      const wrong = judgeImport(from, specifier, resolve(file, specifier));
      if (wrong !== undefined) complain(at, `imports ${specifier}: ${wrong}`);
    }
  });
}

function judgeImport(from: Place, specifier: string, target: string | undefined): string | undefined {
  if (target === undefined) {
    if (plainLibraries[from.owner]?.includes(specifier)) return undefined;
    return portable.has(from.owner) ? `${from.owner} runs anywhere and imports neither Node nor libraries` : undefined;
  }
  const to = place(target);
  if (to === undefined) return from.owner === 'cli' ? undefined : 'that is outside of every package';
  if (to.owner !== from.owner) {
    if (specifier.startsWith('.')) return `another package is called @netarium/${to.owner}/…`;
    const allowed = packages[from.owner] ?? [];
    if (allowed.includes(to.owner) || allowed.includes(`${to.owner}/${to.folder}`)) return undefined;
    return `${from.owner} may import ${allowed.join(', ') || 'no other package'}`;
  }
  if (!specifier.startsWith('.')) return 'inside a package imports are relative';
  if (from.owner !== 'core') return undefined;
  const [low, high] = [layers.indexOf(to.folder), layers.indexOf(from.folder)];
  if (low < 0 || high < 0) return `no layer is called ${low < 0 ? to.folder : from.folder}`;
  return low > high ? `${from.folder} lies below ${to.folder}; declare an interface in ${from.folder}` : undefined;
}

export function checkDeterminism(sources: Sources): Complaint[] {
  return eachModule(sources, (file, tree, complain) => {
    if (isTest(file) || !deterministic.has(place(file)?.owner ?? '')) return;
    for (const statement of tree.body as Node[]) {
      const declared = (statement.declaration as Node | null | undefined) ?? statement;
      if (declared.type === 'VariableDeclaration' && declared.kind !== 'const' && declared.declare !== true) {
        complain(statement.start, `module-level ${declared.kind}: two worlds in one process would share it`);
      }
    }
    walk(tree, (node, parent, key) => {
      const reason = judgeNode(node, parent, key);
      if (reason !== undefined) complain(node.start, reason);
    });
  });
}

function judgeNode(node: Node, parent: Node | undefined, key: string): string | undefined {
  if ((node.type === 'BinaryExpression' && node.operator === '**') || node.operator === '**=') {
    return '** may differ between engines';
  }
  if (node.type === 'MemberExpression') {
    const member = nameOf(node.property as Node);
    if (nameOf(node.object as Node) === 'Math' && !exactMath.has(member ?? '')) {
      return `Math.${member ?? '[…]'} may differ between engines; exact are ${[...exactMath].join(', ')}`;
    }
    return member !== undefined && bannedMembers.test(member)
      ? `.${member} depends on the machine's locale`
      : undefined;
  }
  if (node.type !== 'Identifier' || isOnlyAName(parent, key)) return undefined;
  const name = node.name as string;
  if (bannedNames.has(name)) return `${name} comes from outside of the world`;
  return name === 'Math' && !(parent?.type === 'MemberExpression' && key === 'object')
    ? 'Math as a value hides which function runs'
    : undefined;
}

/** `a.Date`, `{ Date: 1 }`, `interface { Date: string }` name a property and reach no global. */
function isOnlyAName(parent: Node | undefined, key: string): boolean {
  if (parent === undefined || parent.computed === true) return false;
  return (parent.type === 'MemberExpression' && key === 'property') || key === 'key';
}

/** Files that nothing but their own test mentions. */
export function checkUnused(sources: Sources): Complaint[] {
  const used = new Set<string>();
  eachModule(sources, (file, tree) => {
    for (const { specifier } of importsOf(tree)) {
      const target = resolve(file, specifier);
      if (target !== undefined && file.replace(/(\.real)?\.test\.ts$/, '.ts') !== target) used.add(target);
    }
  });
  const candidates = [...sources.keys()].filter(
    (file) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(file) && !isTest(file) && !file.endsWith('.d.ts'),
  );
  return candidates
    .filter((file) => !used.has(file) && !entries.has(file))
    .map((file) => ({ file, line: 1, text: 'nothing imports this file' }));
}

/** A name says the same on every file system: kebab-case. */
export function checkNames(sources: Sources): Complaint[] {
  return [...sources.keys()]
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z-]+)+$/.test(posix.basename(file)))
    .map((file) => ({ file, line: 1, text: 'file names are in kebab-case' }));
}

/** What a file is, and then its imports without a gap. */
export function checkHeaders(sources: Sources): Complaint[] {
  return [...sources]
    .filter(([file, text]) => /\.tsx?$/.test(file) && /^\/\*\*(?:(?!\*\/).)*\*\/\n\nimport\s/s.test(text))
    .map(([file]) => ({ file, line: 1, text: 'an empty line between header and imports' }));
}

/** Lines of every function longer than the limit, by `file#name`. */
function longFunctions(sources: Sources): Map<string, number> {
  const long = new Map<string, number>();
  eachModule(sources, (file, tree) => {
    if (isTest(file)) return;
    const text = sources.get(file) as string;
    walk(tree, (node, parent) => {
      if (!functions.has(node.type)) return;
      const lines = text.slice(node.start, node.end).split('\n').length;
      if (lines <= functionLinesMax) return;
      const name = nameOf(node.id as Node) ?? nameOf((parent?.key ?? parent?.id) as Node) ?? 'anonymous';
      long.set(`${file}#${name}`, lines);
    });
  });
  return long;
}

/** A ratchet: `excepted` holds today's lengths, and neither may a function grow nor a number stay behind. */
export function checkLengths(sources: Sources, excepted: Readonly<Record<string, number>>): Complaint[] {
  const long = longFunctions(sources);
  const names = new Set([...long.keys(), ...Object.keys(excepted)]);
  return [...names].flatMap((name) => {
    const [lines, allowed] = [long.get(name) ?? 0, excepted[name] ?? 0];
    const [file = ''] = name.split('#');
    if (lines > allowed)
      return [{ file, line: 1, text: `${name} has ${lines} lines, at most ${allowed || functionLinesMax}` }];
    if (lines < allowed)
      return [{ file, line: 1, text: `${name} shrank: test/tidy/long-functions.json says ${allowed}` }];
    return [];
  });
}

interface Place {
  owner: string;
  folder: string;
}

function place(file: string): Place | undefined {
  const [, owner, inside] = /^packages\/([^/]+)\/src\/(.+)$/.exec(file) ?? [];
  return owner === undefined || inside === undefined
    ? undefined
    : { owner, folder: posix.dirname(inside).split('/')[0] as string };
}

/** The file that a specifier means, or undefined where it leaves the repository. */
function resolve(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
  if (specifier === 'netarium') return 'packages/cli/src/index.ts';
  const [, owner, inside] = /^@netarium\/([^/]+)\/(.+)$/.exec(specifier) ?? [];
  return owner === undefined ? undefined : `packages/${owner}/src/${inside}`;
}

const imports = new WeakMap<Node, readonly Import[]>();

/** Of a module's tree; looked for once. */
function importsOf(tree: Node): readonly Import[] {
  const known = imports.get(tree);
  if (known !== undefined) return known;
  const found: Import[] = [];
  imports.set(tree, found);
  walk(tree, (node) => {
    const source =
      importing.has(node.type) && node.source
        ? (node.source as Node)
        : isModuleUrl(node)
          ? ((node.arguments as Node[])[0] as Node)
          : undefined;
    if (typeof source?.value === 'string') found.push({ specifier: source.value, at: node.start });
  });
  return found;
}

/** `new URL('./worker.ts', import.meta.url)`: how a thread's entry is named. */
function isModuleUrl(node: Node): boolean {
  return (
    node.type === 'NewExpression' && nameOf(node.callee as Node) === 'URL' && (node.arguments as Node[]).length === 2
  );
}

function nameOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  return node?.type === 'Identifier' || node?.type === 'PrivateIdentifier' ? (node.name as string) : undefined;
}

function walk(node: Node, visit: (node: Node, parent: Node | undefined, key: string) => void): void {
  const step = (current: Node, parent: Node | undefined, key: string): void => {
    visit(current, parent, key);
    // Without lists of entries: there are more than a million nodes.
    for (const name in current) {
      const value = current[name];
      if (Array.isArray(value)) {
        for (const child of value) if (isNode(child)) step(child, current, name);
      } else if (isNode(value)) step(value, current, name);
    }
  };
  step(node, undefined, '');
}

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && typeof (value as Node).type === 'string';
}

const trees = new WeakMap<Sources, Map<string, Node>>();

function eachModule(
  sources: Sources,
  visit: (file: string, tree: Node, complain: (at: number, text: string) => void) => void,
): Complaint[] {
  let parsed = trees.get(sources);
  if (parsed === undefined) trees.set(sources, (parsed = new Map()));
  const found: Complaint[] = [];
  for (const [file, text] of sources) {
    if (!/\.tsx?$/.test(file)) continue;
    let tree = parsed.get(file);
    if (tree === undefined)
      parsed.set(file, (tree = parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }) as unknown as Node));
    visit(file, tree, (at, complaint) => found.push({ file, line: lineAt(text, at), text: complaint }));
  }
  return found;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
