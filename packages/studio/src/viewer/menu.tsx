/** The menu of what is chosen: by the right button, by the menu key, by `m`, or by the button beside the choice's name. */
import { keyText } from '@netarium/view/commands/key-text.ts';
import {
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { openMenu } from './actions.ts';
import { type Entry, menuOf } from './commands.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { NO_OVERLAY, type Selection } from './state.ts';

/** Opens the menu where the pointer is, for what is under it. */
export function useMenuOn(): (event: MouseEvent, selection: Selection) => void {
  const { store } = useShared();
  return (event, selection) => {
    event.preventDefault();
    store.set({ selection, overlay: { kind: 'menu', x: event.clientX, y: event.clientY } });
  };
}

export function MenuButton() {
  const shared = useShared();
  const m = useMessages();
  return (
    <button type="button" className="actions-button" aria-haspopup="menu" onClick={() => openMenu(shared)}>
      {m.actions} <span aria-hidden="true">▾</span>
    </button>
  );
}

export function Menu() {
  const overlay = useView((state) => state.overlay);
  const m = useMessages();
  if (overlay.kind !== 'menu') return null;
  const { x, y } = overlay;
  return (
    <section aria-label={m.menuOf}>
      <OpenMenu key={`${x} ${y}`} x={x} y={y} />
    </section>
  );
}

function OpenMenu({ x, y }: { readonly x: number; readonly y: number }) {
  const shared = useShared();
  const m = useMessages();
  const menu = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  const [place, setPlace] = useState({ left: x, top: y });
  const entries = menuOf(shared);
  useLayoutEffect(() => {
    const { width, height } = menu.current!.getBoundingClientRect();
    const [most, lowest] = [window.innerWidth - width - 4, window.innerHeight - height - 4];
    setPlace({ left: Math.max(4, Math.min(x, most)), top: Math.max(4, Math.min(y, lowest)) });
  }, [x, y]);
  useEffect(() => {
    before.current = document.activeElement;
    menu.current?.querySelector('button')?.focus();
  }, []);
  const close = (): void => {
    shared.store.set({ overlay: NO_OVERLAY });
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  const keys = (event: KeyboardEvent): void => {
    const items = [...menu.current!.querySelectorAll('button')];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close();
    } else if (next !== undefined) {
      event.preventDefault();
      items[(next + items.length) % items.length]?.focus();
    } else if (event.key.length === 1 && event.key !== ' ')
      items.find((item) => item.textContent?.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  };
  const left = (event: FocusEvent): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) shared.store.set({ overlay: NO_OVERLAY });
  };
  const run = ({ command, argument }: Entry): void => {
    close();
    command.run(shared, argument);
  };
  return (
    <div ref={menu} role="menu" aria-label={m.menuOf} className="menu" style={place} onKeyDown={keys} onBlur={left}>
      {entries.map((entry) => {
        const { command, argument } = entry;
        return (
          <button
            key={`${command.id} ${argument}`}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => run(entry)}
          >
            <span className="name">
              {m.command[command.id]} {argument !== '' && <code>{argument}</code>}
            </span>
            {command.keys[0] !== undefined && <kbd>{keyText(command.keys[0], m.keyNames)}</kbd>}
          </button>
        );
      })}
    </div>
  );
}
