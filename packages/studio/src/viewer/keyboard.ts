/** The keys of the page: single letters only where nobody is typing, and only where the person wants them (WCAG 2.1.4). */
import { useEffect } from 'react';
import { focus } from './actions.ts';
import { COMMANDS, entriesOf } from './commands.ts';
import type { Shared } from './context.tsx';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input:not([type=range], [type=radio]), textarea, select') !== null
  );
}

/** `Shift+ArrowRight`, `Ctrl+k`, `w`: shift is part of a letter. */
export function keyName({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  if (ctrlKey || metaKey) return `Ctrl+${key.toLowerCase()}`;
  return shiftKey && key.length > 1 ? `Shift+${key}` : key;
}

/** What a focused control does itself. */
function isOwn(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('button, summary') !== null) return key === ' ' || key === 'Enter';
  const slides = target instanceof HTMLInputElement && (target.type === 'range' || target.type === 'radio');
  return (
    slides && (key.startsWith('Arrow') || key === 'Home' || key === 'End' || (key === ' ' && target.type === 'radio'))
  );
}

export function useKeyboard(shared: Shared): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const name = keyName(event);
      if (event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) && !name.startsWith('Ctrl+') && !name.endsWith('F6')) {
        // Out of a line of text, back to what it belongs to.
        if (name === 'Escape' && event.target instanceof HTMLInputElement) focus('pane');
        return;
      }
      if (isOwn(event.key, event.target)) return;
      if (event.key.length === 1 && name === event.key && event.key !== ' ' && !shared.store.get().singleKeys) return;
      const [entry] = entriesOf(
        shared,
        COMMANDS.filter(({ keys }) => keys.includes(name)),
      );
      if (entry === undefined) return;
      event.preventDefault();
      entry.command.run(shared, entry.argument);
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [shared]);
}
