/** Every command with its key, found by a word of either language; instants, packets and machines too. Nothing modal: Esc or a click elsewhere closes it. */
import { keyText } from '@netarium/view/commands/key-text.ts';
import { type Searchable, search } from '@netarium/view/commands/search.ts';
import { textIn } from '@netarium/view/language.ts';
import { viewerMessages } from '@netarium/view/messages/viewer.ts';
import { instantFrom } from '@netarium/view/timeline/instant-text.ts';
import { type FocusEvent, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { chooseMachine, choosePacket, go } from './actions.ts';
import { type Entry, entriesOf } from './commands.ts';
import { type Shared, useMessages, useShared, useView } from './context.tsx';
import { NO_OVERLAY } from './state.ts';
import { secondsText } from './time-text.ts';

interface Item extends Searchable {
  readonly id: string;
  readonly group: string;
  readonly key: string;
  run(shared: Shared): void;
}

const [en, zh] = [viewerMessages('en'), viewerMessages('zh')];

function itemOf({ command, argument }: Entry): Omit<Item, 'group' | 'key'> & { readonly command: Entry['command'] } {
  const { id, keys } = command;
  const more = argument === '' ? '' : ` ${argument}`;
  const text = { en: `${en.command[id]}${more}`, zh: `${zh.command[id]}${more}` };
  return {
    id: `${id} ${argument}`,
    text,
    also: keys[0] ?? '',
    command,
    run: (shared) => command.run(shared, argument),
  };
}

/** What only the typed text names: an instant, a packet. */
function named(shared: Shared, typed: string): readonly Item[] {
  const { recording } = shared.model;
  const items: Item[] = [];
  const base = { group: '', key: '' };
  const atNs = /\d/.test(typed) ? instantFrom(typed) : undefined;
  if (atNs !== undefined && atNs <= recording.endNs) {
    const at = `${secondsText(atNs)} s`;
    items.push({ ...base, id: 'instant', text: { en: en.goTo(at), zh: zh.goTo(at) }, run: (to) => go(to, atNs) });
  }
  const [, packet] = /^#(\d{1,15})$/.exec(typed) ?? [];
  if (packet !== undefined && shared.model.list('').rowOf(Number(packet)) >= 0)
    items.push({
      ...base,
      id: 'packet',
      text: { en: en.choosePacketNumber(packet), zh: zh.choosePacketNumber(packet) },
      run: (to) => choosePacket(to, packet),
    });
  return items;
}

export function Palette() {
  const open = useView(({ overlay }) => overlay.kind === 'commands');
  return open ? <OpenPalette /> : null;
}

function OpenPalette() {
  const shared = useShared();
  const m = useMessages();
  const language = useView((state) => state.language);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const before = useRef<Element | null>(null);
  useEffect(() => {
    before.current = document.activeElement;
    input.current?.focus();
  }, []);
  const items = useMemo<readonly Item[]>(
    () => [
      ...entriesOf(shared).map((entry) => {
        const item = itemOf(entry);
        const { keys, group } = item.command;
        return { ...item, group: m.groups[group], key: keys.map((key) => keyText(key, m.keyNames)).join(', ') };
      }),
      ...shared.model.recording.machines.map(({ name }) => ({
        id: `machine ${name}`,
        text: { en: en.chooseMachine(name), zh: zh.chooseMachine(name) },
        group: '',
        key: '',
        run: (to: Shared) => chooseMachine(to, name),
      })),
    ],
    [shared, m],
  );
  const found = useMemo(() => [...named(shared, typed.trim()), ...search(items, typed)], [shared, items, typed]);
  const chosen = Math.min(at, found.length - 1);
  useEffect(() => {
    // Newer browsers answer with a promise, which is no clean-up.
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const close = (): void => {
    shared.store.set({ overlay: NO_OVERLAY });
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  const run = (item: Item | undefined): void => {
    if (item === undefined) return;
    close();
    item.run(shared);
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const closes = event.key === 'Escape' || ((event.ctrlKey || event.metaKey) && event.key === 'k');
    if (step === undefined && !closes && event.key !== 'Enter') return;
    // An input method takes its own Enter.
    if (event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (closes) close();
    else if (step === undefined) run(found[chosen]);
    else setAt(Math.min(found.length - 1, Math.max(0, chosen + step)));
  };
  const left = (event: FocusEvent): void => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    shared.store.set({ overlay: NO_OVERLAY });
  };
  return (
    <section className="palette" aria-label={m.commands} onBlur={left} onKeyDown={keys}>
      <input
        ref={input}
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={chosen >= 0 ? `command-${chosen}` : undefined}
        aria-label={m.commandsHint}
        placeholder={m.commandsHint}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <span role="status" className="hidden">
        {m.commandsFound(found.length)}
      </span>
      <div ref={list} id="commands" className="list" role="listbox" aria-label={m.commands}>
        {found.map((item, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the line's above
          // biome-ignore lint/a11y/useFocusableInteractive: the line above has the focus, and names its active option
          <div
            key={item.id}
            id={`command-${i}`}
            role="option"
            aria-selected={i === chosen}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => run(item)}
          >
            <span className="name">{textIn(item.text, language)}</span>
            <span className="meta">{item.group}</span>
            {item.key !== '' && <kbd>{item.key}</kbd>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="hint">{m.noCommand}</p>}
    </section>
  );
}
