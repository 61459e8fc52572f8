/**
 * Everything that the page can be told to do, once: keys, the list of commands, and the menu of what is pointed at are made of this table. Names are view's,
 * by the same identifiers, in both languages.
 */
import type { Recording } from '@netarium/view/recording/recording.ts';
import type { Axis } from '@netarium/view/timeline/axis.ts';
import * as act from './actions.ts';
import type { Shared } from './context.tsx';
import { NO_OVERLAY, NOTHING, PANES, type Pane, type Selection, SPEEDS_NS, type ViewState } from './state.ts';

export const GROUPS = ['time', 'views', 'chosen', 'packets', 'pictures', 'page'] as const;
export type Group = (typeof GROUPS)[number];

export interface Command<Id extends string = string> {
  readonly id: Id;
  readonly group: Group;
  /** As `keyName` has them; each does the same. */
  readonly keys: readonly string[];
  /** In the menus of these. */
  readonly menu?: readonly Selection['kind'][];
  /** What it can be done with, one entry each: filters, cards. Nothing to do where there is none. */
  readonly each?: (shared: Shared) => readonly string[];
  /** Only then; always where it is absent. */
  readonly can?: (state: ViewState, recording: Recording) => boolean;
  run(shared: Shared, argument: string): void;
}

/** Pictures over time, which zoom and move: the ladder is one in linear time. */
const drawn = ({ pane, scale }: ViewState): boolean =>
  pane === 'lanes' || pane === 'plots' || (pane === 'ladder' && scale === 'time');
const chosen =
  (...kinds: readonly Selection['kind'][]) =>
  ({ selection }: ViewState): boolean =>
    kinds.includes(selection.kind);
/** Another view would show what is chosen too. */
const elsewhere =
  (there: Pane, ...kinds: readonly Selection['kind'][]) =>
  ({ pane, selection }: ViewState): boolean =>
    pane !== there && kinds.includes(selection.kind);
/** Beneath the lanes there are lines to step through. */
const hasSource = ({ pane }: ViewState, { source }: Recording): boolean => pane === 'lanes' && source.frames.length > 0;
const ANY: readonly Selection['kind'][] = ['packet', 'machine', 'event'];

const pane = (id: Pane, number: number) =>
  ({
    id: `view-${id}`,
    group: 'views',
    keys: [String(number)],
    run: ({ store }: Shared) => store.set({ pane: id }),
  }) as const;

const span = (change: (axis: Axis, state: ViewState) => Partial<ViewState>) => (shared: Shared) =>
  shared.store.set(change(act.axisOf(shared), shared.store.get()));

const speed = (by: 1 | -1) => (shared: Shared) => {
  const { nsPerSecond } = shared.store.get();
  const at = SPEEDS_NS.indexOf(nsPerSecond) + by;
  shared.store.set({ nsPerSecond: SPEEDS_NS[Math.min(SPEEDS_NS.length - 1, Math.max(0, at))]! });
};

const TABLE = [
  { id: 'play', group: 'time', keys: [' '], run: act.playOrPause },
  { id: 'event-forward', group: 'time', keys: ['ArrowRight'], run: act.eventForward },
  { id: 'event-back', group: 'time', keys: ['ArrowLeft'], run: act.eventBack },
  { id: 'hop-forward', group: 'time', keys: ['.'], run: (shared: Shared) => act.hop(shared, true) },
  { id: 'hop-back', group: 'time', keys: [','], run: (shared: Shared) => act.hop(shared, false) },
  { id: 'stop-forward', group: 'time', keys: ['Shift+ArrowRight'], run: act.stopForward },
  { id: 'stop-back', group: 'time', keys: ['Shift+ArrowLeft'], run: act.stopBack },
  { id: 'start', group: 'time', keys: ['Home'], run: (shared: Shared) => act.go(shared, 0) },
  {
    id: 'end',
    group: 'time',
    keys: ['End'],
    run: (shared: Shared) => act.go(shared, shared.model.recording.endNs),
  },
  { id: 'go-to', group: 'time', keys: ['g'], run: () => act.focus('time-box') },
  { id: 'faster', group: 'time', keys: ['+'], run: speed(1) },
  { id: 'slower', group: 'time', keys: ['-'], run: speed(-1) },
  {
    id: 'scale',
    group: 'time',
    keys: [],
    run: ({ store }: Shared) => store.set({ scale: store.get().scale === 'time' ? 'events' : 'time' }),
  },
  { id: 'bookmark', group: 'time', keys: ['b'], menu: ANY, run: act.toggleBookmark },
  {
    id: 'bookmark-next',
    group: 'time',
    keys: ['n'],
    can: ({ bookmarks }: ViewState) => bookmarks.length > 0,
    run: (shared: Shared) => act.bookmark(shared, true),
  },
  {
    id: 'bookmark-previous',
    group: 'time',
    keys: ['N'],
    can: ({ bookmarks }: ViewState) => bookmarks.length > 0,
    run: (shared: Shared) => act.bookmark(shared, false),
  },
  {
    id: 'bookmarks-download',
    group: 'time',
    keys: [],
    can: ({ bookmarks }: ViewState) => bookmarks.length > 0,
    run: act.downloadBookmarks,
  },

  ...PANES.map((id, i) => pane(id, i + 1)),

  { id: 'explain', group: 'chosen', keys: ['e'], menu: ANY, run: act.explainFocused },
  { id: 'menu', group: 'chosen', keys: ['m', 'ContextMenu', 'Shift+F10'], can: chosen(...ANY), run: act.openMenu },
  {
    id: 'in-packets',
    group: 'chosen',
    keys: ['p'],
    menu: ['packet'],
    can: elsewhere('packets', 'packet'),
    run: ({ store }: Shared) => store.set({ pane: 'packets' }),
  },
  {
    id: 'on-ladder',
    group: 'chosen',
    keys: ['l'],
    menu: ['packet'],
    can: elsewhere('ladder', 'packet'),
    run: ({ store }: Shared) => store.set({ pane: 'ladder' }),
  },
  {
    id: 'on-topology',
    group: 'chosen',
    keys: ['t'],
    menu: ['packet', 'machine'],
    can: elsewhere('topology', 'packet', 'machine'),
    run: ({ store }: Shared) => store.set({ pane: 'topology' }),
  },
  { id: 'follow', group: 'chosen', keys: ['f'], menu: ['packet'], each: act.conversation, run: act.filterPackets },
  { id: 'filter-by', group: 'chosen', keys: [], menu: ['packet', 'machine'], each: act.filters, run: act.filter },
  { id: 'event-packet', group: 'chosen', keys: ['k'], menu: ['event'], each: act.eventPacket, run: act.choosePacket },
  { id: 'event-machine', group: 'chosen', keys: [], menu: ['event'], each: act.eventMachine, run: act.chooseMachine },
  { id: 'seen-by', group: 'chosen', keys: [], menu: ['machine'], each: act.cards, run: act.seenBy },
  {
    id: 'download-card',
    group: 'chosen',
    keys: [],
    menu: ['packet', 'machine'],
    each: act.cards,
    run: act.downloadCard,
  },
  { id: 'copy-link', group: 'page', keys: ['y'], menu: ANY, run: act.copyLink },
  {
    id: 'choose-nothing',
    group: 'chosen',
    keys: ['Escape'],
    run: ({ store }: Shared) => store.set({ selection: NOTHING, explained: '', said: '', overlay: NO_OVERLAY }),
  },

  { id: 'filter', group: 'packets', keys: ['/'], run: act.typeFilter },
  {
    id: 'no-filter',
    group: 'packets',
    keys: ['x'],
    can: ({ filter }: ViewState) => filter !== '',
    run: ({ store }: Shared) => store.set({ filter: '' }),
  },
  {
    id: 'download-capture',
    group: 'packets',
    keys: ['w'],
    can: (state: ViewState) => !drawn(state),
    run: (shared: Shared) => act.downloadCard(shared, shared.store.get().card),
  },
  { id: 'download-csv', group: 'packets', keys: [], run: act.downloadCsv },
  {
    id: 'numbers',
    group: 'packets',
    keys: [],
    run: ({ store }: Shared) => store.set({ numbers: store.get().numbers === 'relative' ? 'absolute' : 'relative' }),
  },
  { id: 'ladder-svg', group: 'packets', keys: [], run: act.downloadLadderSvg },
  { id: 'ladder-mermaid', group: 'packets', keys: [], run: act.copyMermaid },

  { id: 'zoom-in', group: 'pictures', keys: ['w'], can: drawn, run: (shared: Shared) => act.zoom(shared, 0.5) },
  { id: 'zoom-out', group: 'pictures', keys: ['s'], can: drawn, run: (shared: Shared) => act.zoom(shared, 2) },
  { id: 'earlier', group: 'pictures', keys: ['a'], can: drawn, run: span((axis) => ({ span: axis.moved(-0.2) })) },
  { id: 'later', group: 'pictures', keys: ['d'], can: drawn, run: span((axis) => ({ span: axis.moved(0.2) })) },
  {
    id: 'zoom-area',
    group: 'pictures',
    keys: ['z'],
    can: (state: ViewState) => drawn(state) && state.area !== undefined,
    run: span((_, { area }) => ({ span: area })),
  },
  { id: 'whole-run', group: 'pictures', keys: ['0'], can: drawn, run: span(() => ({ span: undefined })) },
  {
    id: 'wait-begin',
    group: 'pictures',
    keys: ['['],
    can: (state: ViewState) => state.pane === 'lanes',
    run: (shared: Shared) => act.followWait(shared, false),
  },
  {
    id: 'wait-end',
    group: 'pictures',
    keys: [']'],
    can: (state: ViewState) => state.pane === 'lanes',
    run: (shared: Shared) => act.followWait(shared, true),
  },
  {
    id: 'line-forward',
    group: 'pictures',
    keys: ['j'],
    can: hasSource,
    run: (shared: Shared) => act.stepLine(shared, true),
  },
  {
    id: 'line-back',
    group: 'pictures',
    keys: ['J'],
    can: hasSource,
    run: (shared: Shared) => act.stepLine(shared, false),
  },
  {
    id: 'plots-svg',
    group: 'pictures',
    keys: [],
    each: act.plotKinds,
    run: act.downloadPlotSvg,
  },
  { id: 'pane-png', group: 'pictures', keys: [], run: (shared: Shared) => void act.downloadPng(shared) },
  {
    id: 'lanes-trace',
    group: 'pictures',
    keys: [],
    can: (_: ViewState, { lanes }: Recording) => lanes.lanes.length > 0,
    run: act.downloadTrace,
  },
  {
    id: 'lanes-perfetto',
    group: 'pictures',
    keys: [],
    can: (_: ViewState, { lanes }: Recording) => lanes.lanes.length > 0,
    run: (shared: Shared) => void act.openInPerfetto(shared),
  },

  {
    id: 'commands',
    group: 'page',
    keys: ['?', 'Ctrl+k'],
    run: ({ store }: Shared) =>
      store.set({ overlay: store.get().overlay.kind === 'commands' ? NO_OVERLAY : { kind: 'commands' } }),
  },
  { id: 'next-part', group: 'page', keys: ['F6'], run: () => act.nextPart(1) },
  { id: 'previous-part', group: 'page', keys: ['Shift+F6'], run: () => act.nextPart(-1) },
  {
    id: 'language',
    group: 'page',
    keys: [],
    run: ({ store }: Shared) => store.set({ language: store.get().language === 'zh' ? 'en' : 'zh' }),
  },
  { id: 'theme', group: 'page', keys: [], run: act.nextTheme },
  {
    id: 'single-keys',
    group: 'page',
    keys: [],
    run: ({ store }: Shared) => store.set({ singleKeys: !store.get().singleKeys }),
  },
] as const satisfies readonly Command[];

export type CommandId = (typeof TABLE)[number]['id'];
export const COMMANDS: readonly Command<CommandId>[] = TABLE;

/** A command with what it is done with; the same command may be there several times. */
export interface Entry {
  readonly command: Command<CommandId>;
  readonly argument: string;
}

/** What can be done now. */
export function entriesOf(shared: Shared, commands: readonly Command<CommandId>[] = COMMANDS): readonly Entry[] {
  const state = shared.store.get();
  return commands
    .filter(({ can }) => can === undefined || can(state, shared.model.recording))
    .flatMap((command) =>
      command.each === undefined
        ? [{ command, argument: '' }]
        : command.each(shared).map((argument) => ({ command, argument })),
    );
}

/** The menu of what is chosen: what concerns it alone first. */
export function menuOf(shared: Shared): readonly Entry[] {
  const { kind } = shared.store.get().selection;
  const commands = COMMANDS.filter(({ menu }) => menu?.includes(kind) === true);
  const own = ({ group }: Command): boolean => group === 'chosen';
  return entriesOf(shared, [...commands.filter(own), ...commands.filter((command) => !own(command))]);
}
