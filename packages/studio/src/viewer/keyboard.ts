/** The keys of the page: single letters only where nobody is typing, and only where the person wants them. */
import { flowEnd } from '@netarium/view/lanes/lanes.ts';
import { Axis } from '@netarium/view/timeline/axis.ts';
import { useEffect } from 'react';
import type { Shared } from './context.tsx';
import { downloadCapture } from './download.ts';
import { NOTHING, PANES, type ViewState } from './state.ts';

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type=range]), textarea, select') !== null;
}

function focus(id: string): void {
  const element = document.getElementById(id);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}

const FOCUSABLE =
  'a[href], button:not(:disabled, [tabindex="-1"]), input:not(:disabled), select, summary, [tabindex="0"]';

/** F6: the next part of the page, at its first control. */
function nextPart(by: 1 | -1): void {
  const parts = [...document.querySelectorAll<HTMLElement>('[data-part]')];
  const here = parts.findLastIndex((part) => part.contains(document.activeElement));
  const part = parts[(here + (here < 0 && by < 0 ? 0 : by) + parts.length) % parts.length];
  const first = part?.matches('[tabindex="0"]') === true ? part : part?.querySelector<HTMLElement>(FOCUSABLE);
  (first ?? part)?.focus();
}

type Keys = ReadonlyMap<string, (shift: boolean) => void>;

/** Keys that everybody has, whatever is shown. */
function timeKeys({ model, store }: Shared): Keys {
  const timeline = model.timeline();
  const go = (atNs: number): void => store.set({ nowNs: atNs, playing: false });
  const now = (): number => store.get().nowNs;
  return new Map<string, (shift: boolean) => void>([
    [
      ' ',
      () => {
        const { nowNs, playing } = store.get();
        store.set({ playing: !playing, ...(nowNs >= timeline.endNs ? { nowNs: 0 } : {}) });
      },
    ],
    ['ArrowRight', (shift) => go(shift ? (timeline.nextMark(now())?.atNs ?? timeline.endNs) : timeline.next(now()))],
    ['ArrowLeft', (shift) => go(shift ? (timeline.previousMark(now())?.atNs ?? 0) : timeline.previous(now()))],
    ['Home', () => go(0)],
    ['End', () => go(timeline.endNs)],
    ['Escape', () => store.set({ selection: NOTHING })],
  ]);
}

function letterKeys({ model, store }: Shared, copyLink: () => void): Keys {
  return new Map<string, (shift: boolean) => void>([
    ['g', () => focus('time-box')],
    [
      '/',
      () => {
        store.set({ pane: 'packets' });
        setTimeout(() => focus('filter'));
      },
    ],
    ['e', () => focus('explained')],
    ['y', copyLink],
    ['?', () => void document.getElementById('help')?.toggleAttribute('open')],
    ...PANES.map((pane, i) => [String(i + 1), () => store.set({ pane })] as const),
    ...paneKeys({ model, store }),
  ]);
}

/** Keys that mean something in some panes only. */
function paneKeys({ model, store }: Shared): Keys {
  const { recording } = model;
  const drawn = (change: (axis: Axis, state: ViewState) => Partial<ViewState>) => (): void => {
    const state = store.get();
    if (state.pane !== 'lanes' && state.pane !== 'plots') return;
    store.set(change(new Axis(model.timeline(), state.scale, state.span), state));
  };
  const zoom = (factor: number) =>
    drawn((axis, { nowNs }) => ({ span: axis.zoomed(factor, Math.min(1, Math.max(0, axis.part(nowNs)))) }));
  const closer = zoom(0.5);
  const follow = (forward: boolean) => (): void => {
    const { pane, nowNs } = store.get();
    const atNs = pane === 'lanes' ? flowEnd(recording.lanes, nowNs, forward) : undefined;
    if (atNs !== undefined) store.set({ nowNs: atNs, playing: false });
  };
  return new Map<string, (shift: boolean) => void>([
    [
      'w',
      () => {
        const { pane, card } = store.get();
        if (pane === 'packets') downloadCapture(recording, card);
        else closer();
      },
    ],
    ['s', zoom(2)],
    ['a', drawn((axis) => ({ span: axis.moved(-0.2) }))],
    ['d', drawn((axis) => ({ span: axis.moved(0.2) }))],
    ['z', drawn((_, { area, span }) => ({ span: area ?? span }))],
    ['0', drawn(() => ({ span: undefined }))],
    ['[', follow(false)],
    [']', follow(true)],
  ]);
}

export function useKeyboard({ model, store }: Shared, copyLink: () => void): void {
  useEffect(() => {
    const always = timeKeys({ model, store });
    const letters = letterKeys({ model, store }, copyLink);
    const listener = (event: KeyboardEvent): void => {
      if (event.key === 'F6') {
        event.preventDefault();
        nextPart(event.shiftKey ? -1 : 1);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      // A focused button has the space bar to itself.
      const own = event.target instanceof HTMLElement && event.target.closest('button, summary') !== null;
      if (own && (event.key === ' ' || event.key === 'Enter')) return;
      const slider = event.target instanceof HTMLInputElement && event.target.type === 'range';
      if (slider && (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End')) return;
      const act = always.get(event.key) ?? (store.get().singleKeys ? letters.get(event.key) : undefined);
      if (act === undefined) return;
      event.preventDefault();
      act(event.shiftKey);
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [model, store, copyLink]);
}
