/** The keys of the page: single letters only where nobody is typing. */
import { useEffect } from 'react';
import type { Viewing } from './context.tsx';
import { NOTHING, PANES } from './state.ts';

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type=range]), textarea, select') !== null;
}

function focus(id: string): void {
  const element = document.getElementById(id);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}

export function useKeyboard({ model, store }: Viewing, copyLink: () => void): void {
  useEffect(() => {
    const timeline = model.timeline();
    const go = (atNs: number): void => store.set({ nowNs: atNs, playing: false });
    const act = (event: KeyboardEvent): boolean => {
      const { nowNs, playing } = store.get();
      switch (event.key) {
        case ' ':
          store.set({ playing: !playing, ...(nowNs >= timeline.endNs ? { nowNs: 0 } : {}) });
          return true;
        case 'ArrowRight':
          go(event.shiftKey ? (timeline.nextMark(nowNs)?.atNs ?? timeline.endNs) : timeline.next(nowNs));
          return true;
        case 'ArrowLeft':
          go(event.shiftKey ? (timeline.previousMark(nowNs)?.atNs ?? 0) : timeline.previous(nowNs));
          return true;
        case 'Home':
          go(0);
          return true;
        case 'End':
          go(timeline.endNs);
          return true;
        case 'g':
          focus('time-box');
          return true;
        case '/':
          store.set({ pane: 'packets' });
          setTimeout(() => focus('filter'));
          return true;
        case 'e':
          focus('explained');
          return true;
        case 'y':
          copyLink();
          return true;
        case 'Escape':
          store.set({ selection: NOTHING });
          return true;
        default: {
          const pane = PANES[Number(event.key) - 1];
          if (pane === undefined) return false;
          store.set({ pane });
          return true;
        }
      }
    };
    const listener = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      // A focused button has the space bar to itself.
      const own = event.target instanceof HTMLElement && event.target.closest('button, summary') !== null;
      if (own && (event.key === ' ' || event.key === 'Enter')) return;
      if (event.target instanceof HTMLInputElement && event.target.type === 'range' && event.key.startsWith('Arrow'))
        return;
      if (act(event)) event.preventDefault();
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [model, store, copyLink]);
}
