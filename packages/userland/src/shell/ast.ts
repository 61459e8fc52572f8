/**
 * The tree of a shell script: plain data (no functions, no cycles), so that it can travel to a subshell process as JSON.
 *
 * All text is in byte strings (`bytetext.ts`): one character per byte, as the real shell sees its input. Chains (lists, pipelines, and-or
 * lists, elif) are flat arrays, so the depth of a tree is bounded by the parser's nesting limit, not by the length of a script.
 */

export type ParameterOperator =
  /** `$x`, `${x}` */
  | 'plain'
  /** `${#x}` */
  | 'length'
  /** `${x-w}` and its colon form */
  | '-'
  | '='
  | '?'
  | '+'
  /** Smallest and largest suffix, smallest and largest prefix (POSIX 2.6.2). */
  | '%'
  | '%%'
  | '#'
  | '##'
  /** Not a parameter expansion: `Bad substitution` when it is reached. */
  | 'bad';

export interface LiteralPart {
  readonly kind: 'literal';
  readonly text: string;
  /** Quoted text takes no part in field splitting, pathname expansion and keyword recognition. */
  readonly quoted: boolean;
}

export interface TildePart {
  readonly kind: 'tilde';
  /** Login name after the tilde, or '' for $HOME. */
  readonly user: string;
}

export interface ParameterPart {
  readonly kind: 'parameter';
  readonly name: string;
  readonly operator: ParameterOperator;
  /** `${x:-w}`: null counts as unset. */
  readonly colon: boolean;
  readonly word: Word;
  readonly quoted: boolean;
}

export interface CommandPart {
  readonly kind: 'command';
  readonly body: ListNode;
  readonly quoted: boolean;
}

export interface ArithmeticPart {
  readonly kind: 'arithmetic';
  readonly expression: Word;
  readonly quoted: boolean;
}

export type Part = LiteralPart | TildePart | ParameterPart | CommandPart | ArithmeticPart;
export type Word = readonly Part[];

export type RedirectOperator = '<' | '>' | '>|' | '>>' | '<>' | '<&' | '>&' | '<<';

export interface Redirect {
  readonly fd: number;
  readonly operator: RedirectOperator;
  /** File name, descriptor, or the body of a here-document. */
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export interface SimpleNode {
  readonly kind: 'simple';
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
}

export interface PipelineNode {
  readonly kind: 'pipeline';
  readonly negated: boolean;
  readonly commands: readonly CommandNode[];
}

export interface AndOrNode {
  readonly kind: 'andor';
  readonly first: CommandNode;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly command: CommandNode }[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly { readonly command: CommandNode; readonly background: boolean }[];
}

export interface SubshellNode {
  readonly kind: 'subshell';
  readonly line: number;
  readonly body: ListNode;
}

export interface GroupNode {
  readonly kind: 'group';
  readonly body: ListNode;
}

export interface IfNode {
  readonly kind: 'if';
  readonly clauses: readonly { readonly condition: ListNode; readonly body: ListNode }[];
  readonly otherwise: ListNode | null;
}

export interface LoopNode {
  readonly kind: 'while' | 'until';
  readonly condition: ListNode;
  readonly body: ListNode;
}

export interface ForNode {
  readonly kind: 'for';
  readonly line: number;
  readonly name: string;
  /** null: the positional parameters. */
  readonly words: readonly Word[] | null;
  readonly body: ListNode;
}

export interface CaseNode {
  readonly kind: 'case';
  readonly line: number;
  readonly subject: Word;
  readonly clauses: readonly { readonly patterns: readonly Word[]; readonly body: ListNode }[];
}

export interface FunctionNode {
  readonly kind: 'function';
  readonly line: number;
  readonly name: string;
  readonly body: CommandNode;
}

/** A compound command with redirections of its own. */
export interface RedirectedNode {
  readonly kind: 'redirected';
  readonly line: number;
  readonly command: CommandNode;
  readonly redirects: readonly Redirect[];
}

export type CommandNode =
  | SimpleNode
  | PipelineNode
  | AndOrNode
  | ListNode
  | SubshellNode
  | GroupNode
  | IfNode
  | LoopNode
  | ForNode
  | CaseNode
  | FunctionNode
  | RedirectedNode;
