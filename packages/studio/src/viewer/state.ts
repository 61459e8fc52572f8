/**
 * What the page shows: the instant, the view, what is chosen. Kept in one place that components read, and in the address bar, which always says the same: who
 * opens the link sees the same moment of the same file.
 */
import { type Bookmarks, bookmarksFrom, bookmarkText } from '@netarium/view/bookmarks/bookmarks.ts';
import type { Language } from '@netarium/view/language.ts';
import type { Named } from '@netarium/view/recording/has.ts';
import { choiceFrom, choiceText, type ThreadChoice } from '@netarium/view/source/thread-choice.ts';
import type { Span } from '@netarium/view/timeline/axis.ts';
import type { FirstLook } from '@netarium/view/timeline/first-look.ts';
import type { Scale } from '@netarium/view/timeline/timeline.ts';

export const PANES = ['topology', 'packets', 'ladder', 'plots', 'lanes', 'events'] as const;
export type Pane = (typeof PANES)[number];
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What is chosen. */
export type Selection = Named;

/** What lies over the page for a moment; no address has it. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'commands' }
  | { readonly kind: 'menu'; readonly x: number; readonly y: number };

export interface ViewState {
  readonly nowNs: number;
  readonly playing: boolean;
  /** Virtual nanoseconds per second of the person's. */
  readonly nsPerSecond: number;
  readonly scale: Scale;
  readonly pane: Pane;
  readonly selection: Selection;
  readonly filter: string;
  /** The card whose packets are listed; empty for all. */
  readonly card: string;
  /** Sequence numbers on the ladder. */
  readonly numbers: 'relative' | 'absolute';
  /** Whose source is shown beneath the lanes. */
  readonly thread: ThreadChoice;
  /** The part of the run that lanes and curves show; all of it where undefined. */
  readonly span: Span | undefined;
  /** The part that was marked in them. */
  readonly area: Span | undefined;
  /** Instants that the person marked. */
  readonly bookmarks: Bookmarks;
  /** What is explained, by view's identifier; the last event where it is empty. */
  readonly explained: string;
  readonly overlay: Overlay;
  /** A picture of the pane is made: what lies beyond its edges is there for a moment. */
  readonly picturing: boolean;
  /** The last thing that the page has to say: a link was copied. */
  readonly said: string;
  /** Keys of one letter do something (WCAG 2.1.4: they can be switched off). */
  readonly singleKeys: boolean;
  readonly language: Language;
  readonly theme: Theme;
}

export const NOTHING: Selection = { kind: 'none' };
export const NO_OVERLAY: Overlay = { kind: 'none' };

export const SPEEDS_NS: readonly number[] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

export class Store {
  private state: ViewState;
  private readonly listeners = new Set<() => void>();

  constructor(initial: ViewState) {
    this.state = initial;
  }

  readonly get = (): ViewState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

const SPAN = /^(\d+)-(\d+)$/;

function spanFrom(text: string | null, endNs: number): Span | undefined {
  const [, from = '', to = ''] = SPAN.exec(text ?? '') ?? [];
  const span = { fromNs: Number(from), toNs: Math.min(endNs, Number(to)) };
  return to !== '' && span.fromNs < span.toNs ? span : undefined;
}

function spanText({ fromNs, toNs }: Span): string {
  return `${fromNs}-${toNs}`;
}

const SELECTED = /^(pkt|event)\.(\d+)$/;

function selectionFrom(text: string | null): Selection {
  const [, kind, number] = SELECTED.exec(text ?? '') ?? [];
  if (kind === 'pkt') return { kind: 'packet', packet: Number(number) };
  if (kind === 'event') return { kind: 'event', index: Number(number) };
  return text?.startsWith('machine.') === true ? { kind: 'machine', name: text.slice('machine.'.length) } : NOTHING;
}

function selectionText(selection: Selection): string | undefined {
  switch (selection.kind) {
    case 'packet':
      return `pkt.${selection.packet}`;
    case 'event':
      return `event.${selection.index}`;
    case 'machine':
      return `machine.${selection.name}`;
    default:
      return undefined;
  }
}

function oneOf<T extends string>(known: readonly T[], text: string | null, otherwise: T): T {
  return known.includes(text as T) ? (text as T) : otherwise;
}

/** The run that an address was copied from, by the beginning of its digest; empty where it names none. */
export function runOfHash(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('run') ?? '';
}

/** The state that an address names; what it leaves out, or says wrongly, is as at first. */
export function stateFromHash(hash: string, first: FirstLook & { readonly language: Language }): ViewState {
  const { atNs, endNs, lanes, language } = first;
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const named = query.get('t');
  const at = named === null || named === '' ? atNs : Number(named);
  return {
    nowNs: Number.isNaN(at) ? atNs : Math.min(endNs, Math.max(0, Math.round(at))),
    playing: false,
    nsPerSecond: 1e7,
    scale: oneOf(['time', 'events'], query.get('scale'), 'events'),
    pane: oneOf(PANES, query.get('view'), first.pane),
    selection: selectionFrom(query.get('sel')),
    filter: query.get('f') ?? '',
    card: query.get('card') ?? '',
    numbers: oneOf(['relative', 'absolute'], query.get('seq'), 'relative'),
    thread: choiceFrom(query.get('thread') ?? '', lanes),
    span: spanFrom(query.get('zoom'), endNs),
    area: spanFrom(query.get('area'), endNs),
    bookmarks: bookmarksFrom(query.getAll('bm'), endNs),
    explained: query.get('x') ?? '',
    overlay: NO_OVERLAY,
    picturing: false,
    said: '',
    singleKeys: query.get('keys') !== 'off',
    language: oneOf(['en', 'zh'], query.get('lang'), language),
    theme: oneOf(THEMES, query.get('theme'), 'auto'),
  };
}

export function hashOfState(state: ViewState, run: string): string {
  const { nowNs, scale, pane, selection, filter, card, numbers, span, area, language, theme } = state;
  const query = new URLSearchParams({ t: String(Math.round(nowNs)), view: pane });
  const selected = selectionText(selection);
  const thread = choiceText(state.thread);
  if (selected !== undefined) query.set('sel', selected);
  if (filter !== '') query.set('f', filter);
  if (card !== '') query.set('card', card);
  if (scale !== 'events') query.set('scale', scale);
  if (numbers !== 'relative') query.set('seq', numbers);
  if (thread !== '') query.set('thread', thread);
  if (span !== undefined) query.set('zoom', spanText(span));
  if (area !== undefined) query.set('area', spanText(area));
  for (const bookmark of state.bookmarks) query.append('bm', bookmarkText(bookmark));
  if (state.explained !== '') query.set('x', state.explained);
  if (!state.singleKeys) query.set('keys', 'off');
  if (theme !== 'auto') query.set('theme', theme);
  query.set('lang', language);
  query.set('run', run);
  return `#${query}`;
}
