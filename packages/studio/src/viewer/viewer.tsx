/** The whole page around one recording. */
import { textIn } from '@netarium/view/language.ts';
import { CLASS_LETTERS, PACKET_CLASSES } from '@netarium/view/packets/packet-class.ts';
import { CLASS_FILTERS } from '@netarium/view/packets/target-filters.ts';
import { onward } from '@netarium/view/timeline/playing.ts';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { useMessages, useShared, useView } from './context.tsx';
import { Details } from './details.tsx';
import { EventLog } from './event-log.tsx';
import { EventsPane } from './events-pane.tsx';
import { FilesInMaking } from './files-in-making.tsx';
import { useKeyboard } from './keyboard.ts';
import { LadderPane } from './ladder-pane.tsx';
import { LanesPane } from './lanes-pane.tsx';
import { Menu } from './menu.tsx';
import { PacketsPane } from './packets-pane.tsx';
import { Palette } from './palette.tsx';
import { PlotsPane } from './plots-pane.tsx';
import { hashOfState, PANES, type Pane, runOfHash, stateFromHash, THEMES } from './state.ts';
import { Story } from './story.tsx';
import { TopologyPane } from './topology-pane.tsx';
import { TransportBar } from './transport-bar.tsx';

const PANE_VIEWS: Readonly<Record<Pane, () => ReactNode>> = {
  topology: TopologyPane,
  packets: PacketsPane,
  ladder: LadderPane,
  plots: PlotsPane,
  lanes: LanesPane,
  events: EventsPane,
};

/** Time goes on with the screen's frames; who wants no motion gets one event after the other. */
function usePlaying(): void {
  const { model, store } = useShared();
  const playing = useView((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    const timeline = model.timeline();
    const forward = (atNs: number): void =>
      store.set(atNs >= timeline.endNs ? { nowNs: timeline.endNs, playing: false } : { nowNs: atNs });
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      const timer = setInterval(() => forward(timeline.next(store.get().nowNs)), 500);
      return () => clearInterval(timer);
    }
    let last = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const state = store.get();
      const moving = state.pane === 'topology' && model.motion().at(state.nowNs, 1).length > 0;
      forward(onward(timeline, state.nowNs, now - last, { ...state, moving }));
      last = now;
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, model, store]);
}

/** The address bar says what is shown, at most some times a second. */
function useAddress(): void {
  const { model, store } = useShared();
  useEffect(() => {
    // Browsers refuse more than some hundred changes of the address in half a minute.
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = location.hash;
    const write = (): void => {
      timer = undefined;
      // Somebody went elsewhere a moment ago, and is about to be followed.
      if (location.hash !== seen) return;
      const hash = hashOfState(store.get(), model.run);
      if (hash !== seen) history.replaceState(null, '', hash);
      seen = location.hash;
    };
    const schedule = (): void => {
      timer ??= setTimeout(write, store.get().playing ? 500 : 100);
    };
    const follow = (): void => {
      seen = location.hash;
      store.set(stateFromHash(seen, { ...model.firstLook(), language: store.get().language }));
    };
    schedule();
    const ignore = store.subscribe(schedule);
    window.addEventListener('hashchange', follow);
    return () => {
      ignore();
      clearTimeout(timer);
      window.removeEventListener('hashchange', follow);
    };
  }, [model, store]);
}

const SAID_MS = 6000;

/** What was said goes after a while. */
function useFading(said: string): void {
  const { store } = useShared();
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => store.set({ said: '' }), SAID_MS);
    return () => clearTimeout(timer);
  }, [said, store]);
}

export function Viewer() {
  const shared = useShared();
  const { model, store } = shared;
  const { recording } = model;
  const m = useMessages();
  const said = useView((state) => state.said);
  useKeyboard(shared);
  useFading(said);
  usePlaying();
  useAddress();
  const language = useView((state) => state.language);
  const theme = useView((state) => state.theme);
  const pane = useView((state) => state.pane);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.dataset.theme = theme;
    document.title = m.title(recording.lab);
  }, [language, theme, m, recording]);
  const Shown = PANE_VIEWS[pane];
  return (
    <div className="viewer">
      <header data-part="header">
        <h1>{textIn(recording.title, language)}</h1>
        <p className="meta">
          {recording.lab} · {m.seed} {recording.seed} · {m.engine} {recording.engine} · {m.digest}{' '}
          {recording.runDigest.slice(0, 12)}
        </p>
        <div className="choices">
          <label>
            <span>{m.language}</span>{' '}
            <select value={language} onChange={(e) => store.set({ language: e.target.value === 'zh' ? 'zh' : 'en' })}>
              <option value="en" lang="en">
                {m.languages.en}
              </option>
              <option value="zh" lang="zh-CN">
                {m.languages.zh}
              </option>
            </select>
          </label>
          <label>
            <span>{m.theme}</span>{' '}
            <select
              value={theme}
              onChange={(e) => store.set({ theme: THEMES.find((each) => each === e.target.value) ?? 'auto' })}
            >
              {THEMES.map((each) => (
                <option key={each} value={each}>
                  {m.themes[each]}
                </option>
              ))}
            </select>
          </label>
          <button
            type="button"
            title={`${m.command.commands} (?, Ctrl K)`}
            aria-haspopup="listbox"
            onClick={() => store.set({ overlay: { kind: 'commands' } })}
          >
            {m.commands} <kbd>?</kbd>
          </button>
        </div>
        <OtherRun />
      </header>
      <Story />
      <main>
        <Tabs />
        <div role="tabpanel" id="pane" aria-labelledby={`tab-${pane}`} className="pane" data-part="pane" tabIndex={-1}>
          <Shown />
        </div>
        {pane !== 'lanes' && pane !== 'plots' && pane !== 'events' && <Legend />}
      </main>
      <Details />
      <TransportBar />
      <EventLog />
      <Palette />
      <Menu />
      <FilesInMaking />
      <div role="status" className="said">
        {said}
      </div>
    </div>
  );
}

/** Arrow keys choose, as in every list of tabs. */
function Tabs() {
  const { store } = useShared();
  const m = useMessages();
  const pane = useView((state) => state.pane);
  const keys = (event: KeyboardEvent): void => {
    const at = PANES.indexOf(pane);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: PANES.length - 1 }[event.key];
    if (next === undefined || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const chosen = PANES[(next + PANES.length) % PANES.length]!;
    store.set({ pane: chosen });
    document.getElementById(`tab-${chosen}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={m.paneList} className="tabs" data-part="tabs" onKeyDown={keys}>
      {PANES.map((each, i) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`tab-${each}`}
          aria-selected={pane === each}
          aria-controls="pane"
          tabIndex={pane === each ? 0 : -1}
          title={String(i + 1)}
          onClick={() => store.set({ pane: each })}
        >
          {m.panes[each]}
        </button>
      ))}
    </div>
  );
}

/** What the colours are, and a way to see one class of packets only. */
function Legend() {
  const { store } = useShared();
  const m = useMessages();
  const filter = useView((state) => state.filter);
  return (
    <ul className="legend" aria-label={m.legend}>
      {PACKET_CLASSES.map((each) => (
        <li key={each}>
          <button
            type="button"
            aria-pressed={filter === CLASS_FILTERS[each]}
            title={CLASS_FILTERS[each]}
            onClick={() => store.set({ filter: filter === CLASS_FILTERS[each] ? '' : CLASS_FILTERS[each] })}
          >
            <span className={`sign class-${each}`} aria-hidden="true">
              {CLASS_LETTERS[each]}
            </span>{' '}
            {m.classes[each]}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A link to a moment of another run shows something else than its sender saw. */
function OtherRun() {
  const { model } = useShared();
  const m = useMessages();
  const [asked] = useState(() => runOfHash(location.hash));
  const [closed, setClosed] = useState(false);
  if (asked === '' || asked === model.run || closed) return null;
  return (
    <p role="alert" className="other-run">
      {m.otherRun(asked, model.run)}{' '}
      <button type="button" onClick={() => setClosed(true)}>
        {m.close}
      </button>
    </p>
  );
}
