/** What the commands do: each takes the page's models and state, and what it is done with. */
import { bookmarkList, toggled } from '@netarium/view/bookmarks/bookmarks.ts';
import { eventText } from '@netarium/view/explain/event-text.ts';
import { ladderMermaid } from '@netarium/view/ladder/mermaid.ts';
import { ladderSvg } from '@netarium/view/ladder/svg.ts';
import { flowEnd } from '@netarium/view/lanes/lanes.ts';
import { perfettoTrace } from '@netarium/view/lanes/perfetto.ts';
import { textIn } from '@netarium/view/language.ts';
import { type ViewerMessages, viewerMessages } from '@netarium/view/messages/viewer.ts';
import { captureFile } from '@netarium/view/packets/capture-file.ts';
import { FilteredRows, filterOf } from '@netarium/view/packets/packet-list.ts';
import { packetsCsv } from '@netarium/view/packets/packets-csv.ts';
import { machineFilter, packetFilters, packetOfEvent } from '@netarium/view/packets/target-filters.ts';
import { PLOT_KINDS, type PlotKind } from '@netarium/view/plot/plot.ts';
import { hasSequences } from '@netarium/view/plot/sequence.ts';
import { sequenceSvg } from '@netarium/view/plot/sequence-svg.ts';
import { plotSvg } from '@netarium/view/plot/svg.ts';
import { nextStop, previousStop } from '@netarium/view/steps/steps.ts';
import { Axis } from '@netarium/view/timeline/axis.ts';
import { above } from '@netarium/view/timeline/timeline.ts';
import { flushSync } from 'react-dom';
import type { Shared } from './context.tsx';
import { download } from './download.ts';
import { nextTask } from './next-task.ts';
import { handToPerfetto } from './perfetto.ts';
import { pictureOf } from './picture.ts';
import { hashOfState, THEMES } from './state.ts';
import { secondsText } from './time-text.ts';

const words = ({ store }: Shared): ViewerMessages => viewerMessages(store.get().language);
const now = ({ store }: Shared): number => store.get().nowNs;

export function focus(id: string): void {
  const element = document.getElementById(id);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}

// Time

export function go({ store }: Shared, atNs: number | undefined): void {
  if (atNs !== undefined) store.set({ nowNs: atNs, playing: false });
}

export function playOrPause({ model, store }: Shared): void {
  const { nowNs, playing } = store.get();
  store.set({ playing: !playing, ...(nowNs >= model.recording.endNs ? { nowNs: 0 } : {}) });
}

export function eventForward(shared: Shared): void {
  go(shared, shared.model.timeline().next(now(shared)));
}

export function eventBack(shared: Shared): void {
  go(shared, shared.model.timeline().previous(now(shared)));
}

export function stopForward(shared: Shared): void {
  const { model, store } = shared;
  go(shared, nextStop(model.timeline(), store.get().bookmarks, now(shared)) ?? model.recording.endNs);
}

export function stopBack(shared: Shared): void {
  const { model, store } = shared;
  go(shared, previousStop(model.timeline(), store.get().bookmarks, now(shared)) ?? 0);
}

/** Of the followed packets, where one is chosen; else of any. */
export function hop(shared: Shared, forward: boolean): void {
  const { model, store } = shared;
  const { selection, nowNs } = store.get();
  const hops = model.hops(selection.kind === 'packet' ? selection.packet : 0);
  go(shared, forward ? hops.next(nowNs) : hops.previous(nowNs));
}

// Bookmarks

export function toggleBookmark(shared: Shared): void {
  const { store } = shared;
  const { bookmarks, nowNs } = store.get();
  const changed = toggled(bookmarks, Math.round(nowNs));
  const { bookmarked, unmarked } = words(shared);
  store.set({ bookmarks: changed, said: changed.length > bookmarks.length ? bookmarked : unmarked });
}

export function bookmark(shared: Shared, forward: boolean): void {
  const { bookmarks, nowNs } = shared.store.get();
  const found = forward ? bookmarks.find(({ atNs }) => atNs > nowNs) : bookmarks.findLast(({ atNs }) => atNs < nowNs);
  go(shared, found?.atNs);
}

export function downloadBookmarks(shared: Shared): void {
  const { model, store } = shared;
  const { recording } = model;
  const state = store.get();
  const said = (atNs: number): string => {
    const last = above(recording.events.atNs, atNs) - 1;
    return last < 0 ? '' : textIn(eventText(recording, last), state.language);
  };
  const linkTo = (nowNs: number): string => linkOf(shared, { ...state, nowNs });
  const title = `${textIn(recording.title, state.language)} (${recording.lab}, ${recording.seed})`;
  const list = bookmarkList(title, state.bookmarks, said, linkTo);
  download(`${recording.lab}-bookmarks.md`, new Blob([list], { type: 'text/markdown' }));
}

// What is chosen

export function conversation({ model, store }: Shared): readonly string[] {
  const { selection } = store.get();
  if (selection.kind !== 'packet') return [];
  const dissection = model.dissection(selection.packet);
  const filter = dissection === undefined ? undefined : packetFilters(dissection).conversation;
  return filter === undefined ? [] : [filter];
}

export function filters({ model, store }: Shared): readonly string[] {
  const { selection, nowNs } = store.get();
  if (selection.kind === 'machine') {
    const filter = machineFilter(model.recording, selection.name, model.machines().at(selection.name, nowNs));
    return filter === undefined ? [] : [filter];
  }
  const dissection = selection.kind === 'packet' ? model.dissection(selection.packet) : undefined;
  if (dissection === undefined) return [];
  const { source, destination, protocol } = packetFilters(dissection);
  return [source, destination, protocol].filter((each) => each !== undefined);
}

export function filter({ store }: Shared, text: string): void {
  store.set({ filter: text });
}

/** And shows them, where another view has no list of packets. */
export function filterPackets({ store }: Shared, text: string): void {
  const { pane } = store.get();
  store.set({ filter: text, pane: pane === 'ladder' ? pane : 'packets' });
}

export function eventPacket({ model, store }: Shared): readonly string[] {
  const { selection } = store.get();
  const { events } = model.recording;
  if (selection.kind !== 'event' || selection.index >= events.atNs.length) return [];
  const packet = packetOfEvent(events.values.at(selection.index));
  return packet === 0 ? [] : [String(packet)];
}

export function choosePacket({ store }: Shared, packet: string): void {
  store.set({ selection: { kind: 'packet', packet: Number(packet) } });
}

export function eventMachine({ model, store }: Shared): readonly string[] {
  const { selection } = store.get();
  const { events, hosts, machines } = model.recording;
  if (selection.kind !== 'event') return [];
  const name = hosts[events.host[selection.index] ?? -1];
  return machines.some((machine) => machine.name === name) ? [name!] : [];
}

export function chooseMachine({ store }: Shared, name: string): void {
  store.set({ selection: { kind: 'machine', name } });
}

/** A machine's cards; of a packet the card that saw it first. */
export function cards({ model, store }: Shared): readonly string[] {
  const { selection } = store.get();
  if (selection.kind === 'machine')
    return model.recording.cards.filter(({ host }) => host === selection.name).map(({ name }) => name);
  if (selection.kind !== 'packet') return [];
  const list = model.list('');
  const row = list.rowOf(selection.packet);
  return row < 0 ? [] : [list.row(row).where];
}

export function seenBy({ store }: Shared, card: string): void {
  store.set({ card, pane: 'packets' });
}

/** What has the focus where it can be explained; else the event. */
export function explainFocused({ store }: Shared): void {
  const target = document.activeElement?.closest<HTMLElement>('[data-explain]')?.dataset.explain;
  if (target !== undefined) store.set({ explained: target });
  setTimeout(() => focus('explained'));
}

/** At what has the focus, or else at what is chosen. */
export function openMenu({ store }: Shared): void {
  const chosen = document.querySelector('.row[aria-selected="true"], .machine[aria-pressed="true"], .details h2');
  const focused = document.activeElement?.closest('button, [role="option"]') ?? null;
  const box = (focused ?? chosen ?? document.body).getBoundingClientRect();
  store.set({ overlay: { kind: 'menu', x: box.left + Math.min(40, box.width / 2), y: box.bottom } });
}

// Files and links

/** A link to a state, which the address bar has in a moment too. */
function linkOf({ model }: Shared, state: Parameters<typeof hashOfState>[0]): string {
  return String(new URL(hashOfState(state, model.run), location.href));
}

export function copyLink(shared: Shared): void {
  const { model, store } = shared;
  const { copied, notCopied } = words(shared);
  const state = store.get();
  const text = `${model.recording.lab} — ${secondsText(state.nowNs)} s — ${linkOf(shared, state)}`;
  copy(shared, text, copied, notCopied);
}

function copy({ store }: Shared, text: string, done: string, refused: string): void {
  // A page that was opened from an unsafe address has no clipboard at all.
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard === undefined) {
    store.set({ said: refused });
    return;
  }
  clipboard.writeText(text).then(
    () => store.set({ said: done }),
    () => store.set({ said: refused }),
  );
}

export function downloadCard({ model, files }: Shared, card: string): void {
  const { recording } = model;
  const name = `${card === '' ? recording.lab : card}.pcapng`;
  void files.make(name, 'application/octet-stream', captureFile(recording, card));
}

export function downloadCsv({ model, store, files }: Shared): void {
  const state = store.get();
  const list = model.list(state.card);
  const found = filterOf(state.filter);
  const rows = new FilteredRows(list, found.ok && state.filter !== '' ? found : undefined);
  void files.make(`${model.recording.lab}.csv`, 'text/csv', packetsCsv(list, rows));
}

/** `One lost packet, seed 1`: what a picture that is sent around has to say of its origin. */
function title(shared: Shared): string {
  const { recording } = shared.model;
  const { language } = shared.store.get();
  return `${textIn(recording.title, language)} (${recording.lab}, ${words(shared).seed} ${recording.seed})`;
}

export function downloadLadderSvg(shared: Shared): void {
  const { recording } = shared.model;
  const pieces = ladderSvg(recording.ladder, title(shared));
  void shared.files.make(`${recording.lab}-ladder.svg`, 'image/svg+xml', pieces);
}

/** The pane, with what is scrolled out of sight, where it comes from and its instant. */
export async function downloadPng(shared: Shared): Promise<void> {
  const { model, store } = shared;
  const { pane } = store.get();
  store.set({ picturing: true });
  await nextTask();
  const part = document.getElementById('pane');
  if (part === null) return;
  // What the picture shows is taken before this comes back.
  const made = pictureOf(part, `${title(shared)}, ${secondsText(now(shared))} s`);
  store.set({ picturing: false });
  await made.then(
    (picture) => download(`${model.recording.lab}-${pane}.png`, picture),
    () => store.set({ said: words(shared).noPicture }),
  );
}

export function copyMermaid(shared: Shared): void {
  const { copiedText, noClipboard } = words(shared);
  copy(shared, ladderMermaid(shared.model.recording.ladder), copiedText, noClipboard);
}

export function plotKinds({ model }: Shared): readonly string[] {
  const curves = PLOT_KINDS.filter((kind) => model.recording.plots[kind].length > 0);
  return hasSequences(model.recording.ladder) ? [...curves, 'sequence'] : curves;
}

export function downloadPlotSvg(shared: Shared, kind: string): void {
  const { recording } = shared.model;
  const m = words(shared);
  const named = { title: title(shared), timeTitle: m.plotTime };
  const pieces =
    kind === 'sequence'
      ? sequenceSvg(shared.model.sequences.value, { ...named, unit: m.sequence.title, parts: m.sequence.parts })
      : plotSvg(recording.plots[kind as PlotKind], {
          ...named,
          unit: m.plotKinds[kind as PlotKind],
          threshold: kind === 'goodput' ? m.throughput : 'ssthresh',
          samples: m.plotSamples,
        });
  void shared.files.make(`${recording.lab}-${kind}.svg`, 'image/svg+xml', pieces);
}

export function downloadTrace({ model, files }: Shared): void {
  const { recording } = model;
  void files.make(`${recording.lab}-trace.json`, 'application/json', perfettoTrace(recording.lanes));
}

export async function openInPerfetto(shared: Shared): Promise<void> {
  const { model, store, files } = shared;
  const { recording } = model;
  const fileName = `${recording.lab}-trace.json`;
  const there = await handToPerfetto(async () => {
    const trace = await files.blob(fileName, 'application/json', perfettoTrace(recording.lanes));
    return trace === undefined ? undefined : { title: title(shared), fileName, buffer: await trace.arrayBuffer() };
  });
  if (!there) store.set({ said: words(shared).noPerfetto });
}

// Pictures over time, and the page

export function axisOf({ model, store }: Shared): Axis {
  const { pane, scale, span, nowNs } = store.get();
  const around = pane === 'ladder' ? model.shownLadder.scaled().around(nowNs, model.recording.endNs) : undefined;
  return new Axis(model.timeline(), scale, span ?? around);
}

export function zoom(shared: Shared, factor: number): void {
  const axis = axisOf(shared);
  const part = Math.min(1, Math.max(0, axis.part(now(shared))));
  shared.store.set({ span: axis.zoomed(factor, part) });
}

export function followWait(shared: Shared, forward: boolean): void {
  go(shared, flowEnd(shared.model.recording.lanes, now(shared), forward));
}

/** To the next line of the thread whose source is shown: its next call. */
export function stepLine(shared: Shared, forward: boolean): void {
  const { model, store } = shared;
  const { place } = store.get().thread;
  const source = model.source();
  // The program that is shown after it has to be there already.
  flushSync(() => go(shared, forward ? source.next(place, now(shared)) : source.previous(place, now(shared))));
  (document.querySelector('.listing') ?? document.querySelector('.source'))?.scrollIntoView({ block: 'nearest' });
}

export function typeFilter({ store }: Shared): void {
  const { pane } = store.get();
  // At once: the next key is the filter's first letter, no command.
  flushSync(() => store.set({ pane: pane === 'ladder' ? pane : 'packets' }));
  focus('filter');
}

export function nextTheme({ store }: Shared): void {
  const { theme } = store.get();
  store.set({ theme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]! });
}

const FOCUSABLE =
  'a[href], button:not(:disabled, [tabindex="-1"]), input:not(:disabled), select, summary, [tabindex="0"]';

/** F6: the next part of the page, at its first control. */
export function nextPart(by: 1 | -1): void {
  const parts = [...document.querySelectorAll<HTMLElement>('[data-part]')];
  const here = parts.findLastIndex((part) => part.contains(document.activeElement));
  const part = parts[(here + (here < 0 && by < 0 ? 0 : by) + parts.length) % parts.length];
  const first = part?.matches('[tabindex="0"]') === true ? part : part?.querySelector<HTMLElement>(FOCUSABLE);
  (first ?? part)?.focus();
}
