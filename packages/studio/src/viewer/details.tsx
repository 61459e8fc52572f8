/** What is chosen, in words: a machine as it is at this instant, a packet and those that belong to it, an event; and the explanation that was asked for. */
import { keyText } from '@netarium/view/commands/key-text.ts';
import { explanationOf } from '@netarium/view/explain/explanation.ts';
import { columnsText } from '@netarium/view/ladder/packet-text.ts';
import { textIn } from '@netarium/view/language.ts';
import { MACHINE_PARTS, MOST_LINES, type PartLines, partLines } from '@netarium/view/machine/machine-parts.ts';
import type { MachineState } from '@netarium/view/machine/machine-state.ts';
import { has } from '@netarium/view/recording/has.ts';
import { above } from '@netarium/view/timeline/timeline.ts';
import { memo, type ReactNode, useMemo } from 'react';
import { COMMANDS, type CommandId } from './commands.ts';
import { useMessages, useShared, useView, useViewer } from './context.tsx';
import { MenuButton, useMenuOn } from './menu.tsx';
import { NOTHING } from './state.ts';
import { secondsText } from './time-text.ts';

export function Details() {
  const { m, model, state } = useViewer();
  const { explained } = state;
  const selection = useMemo(
    () => (has(model.recording, state.selection) ? state.selection : NOTHING),
    [model, state.selection],
  );
  const { events } = model.recording;
  const last = above(events.atNs, state.nowNs) - 1;
  const event = selection.kind === 'event' ? selection.index : last;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys
    <aside className="details" aria-label={m.details} data-part="details" tabIndex={0}>
      {explained !== '' && <Explained id={explained} title={m.explanation} asked />}
      {selection.kind === 'machine' && <Machine name={selection.name} />}
      {selection.kind === 'packet' && <Packet packet={selection.packet} />}
      {selection.kind === 'none' && explained === '' && <Hint />}
      {explained === '' &&
        (event < 0 ? (
          <p className="hint">{m.noEvent}</p>
        ) : (
          <Explained id={`event.${event}`} title={selection.kind === 'event' ? m.event : m.lastEvent} />
        ))}
    </aside>
  );
}

/** Where nothing is chosen: at the beginning what to press, later what can be chosen. */
function Hint() {
  const { m, model, state } = useViewer();
  const key = (id: CommandId): string => keyText(COMMANDS.find((each) => each.id === id)!.keys[0]!, m.keyNames);
  return (
    <>
      {model.begins(state) && <p className="hint">{m.begin(key('play'), key('event-forward'), key('stop-forward'))}</p>}
      <p className="hint">{m.nothing}</p>
    </>
  );
}

interface ExplainedProps {
  readonly id: string;
  readonly title: string;
  /** Somebody asked for it, and can close it. */
  readonly asked?: boolean;
}

function Explained({ id, title, asked = false }: ExplainedProps) {
  const { m, model, state, store } = useViewer();
  const { selection, nowNs, language } = state;
  const dissection = selection.kind === 'packet' ? model.dissection(selection.packet) : undefined;
  const explanation = explanationOf(model.recording, id, { atNs: nowNs, dissection });
  return (
    <section id="explained" tabIndex={-1} className={asked ? 'asked' : ''}>
      <div className="titled">
        <h2>{title}</h2>
        {asked && (
          <button type="button" aria-label={m.close} title={m.close} onClick={() => store.set({ explained: '' })}>
            ×
          </button>
        )}
        {!asked && selection.kind === 'event' && <MenuButton />}
      </div>
      {explanation === undefined && <p className="hint">{m.noEvent}</p>}
      {explanation !== undefined && <p className="meta">{textIn(explanation.about, language)}</p>}
      {explanation?.lines.map(({ text, rule }) => (
        <div key={`${text.en} ${rule}`}>
          {text.en !== '' && <p>{textIn(text, language)}</p>}
          {rule !== '' && <p className="rule">{m.rule(rule)}</p>}
        </div>
      ))}
    </section>
  );
}

function Packet({ packet }: { readonly packet: number }) {
  const { m, model, store } = useViewer();
  const list = model.list('');
  const chain = model.chains().of(packet);
  const menuOn = useMenuOn();
  return (
    <section>
      <div className="titled">
        <h2>{m.packet(packet)}</h2>
        <MenuButton />
      </div>
      <h3>{m.follow}</h3>
      <ol className="chain">
        {chain.map((each) => {
          const at = list.rowOf(each.packet);
          const row = at < 0 ? undefined : list.row(at);
          const cause = m.causes[each.cause] ?? each.cause;
          return (
            <li key={each.packet} aria-current={each.packet === packet}>
              <button
                type="button"
                onContextMenu={(event) => menuOn(event, { kind: 'packet', packet: each.packet })}
                onClick={() =>
                  store.set({
                    selection: { kind: 'packet', packet: each.packet },
                    ...(row === undefined ? {} : { nowNs: row.atNs, playing: false }),
                  })
                }
              >
                {m.packet(each.packet)}
              </button>{' '}
              {each.of === 0 ? cause : `${cause} ${each.of}`}
              {row !== undefined && (
                <span className="meta">
                  {' '}
                  {m.columns.number} {row.number} · {secondsText(row.atNs)} s · {columnsText(row)}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Machine({ name }: { readonly name: string }) {
  const { m, model, state } = useViewer();
  const now = model.machines().at(name, state.nowNs);
  const running = model.runningTimers().at(name, state.nowNs);
  const timers = running.slice(0, MOST_LINES).map(({ bar, index }) => ({
    text: m.timerSince(m.timerNames[bar.timer] ?? bar.timer, bar.peer, secondsText(bar.fromNs)),
    explains: `timer.${index}`,
  }));
  return (
    <section>
      <div className="titled">
        <h2>
          {m.machine} {name}
        </h2>
        <MenuButton />
      </div>
      <p className="meta">{secondsText(state.nowNs)} s</p>
      {!now.up && <p className="wrong">{m.off}</p>}
      <Parts name={name} now={now} />
      <Part id="" title={m.timers} lines={timers} count={running.length} />
    </section>
  );
}

/** Drawn anew when something of the machine changes, which at most steps nothing does. */
const Parts = memo(function Parts({ name, now }: { readonly name: string; readonly now: MachineState }) {
  const m = useMessages();
  const lines = partLines(name, now, m);
  return MACHINE_PARTS.map((part) => <Part key={part} id={`machine.${part}`} title={m.parts[part]} {...lines[part]} />);
});

interface PartProps extends PartLines {
  /** Of the explanation of what this is; empty where there is none. */
  readonly id: string;
  readonly title: string;
}

function Part({ id, title, lines, count }: PartProps): ReactNode {
  const m = useMessages();
  return (
    <section className="part">
      <h3>{id === '' ? title : <Explainable id={id}>{title}</Explainable>}</h3>
      {lines.length === 0 ? (
        <p className="meta">{m.none}</p>
      ) : (
        <ul>
          {lines.map(({ text, explains }) => (
            <li key={`${text} ${explains}`}>
              <Explainable id={explains}>{text}</Explainable>
            </li>
          ))}
          {count > lines.length && <li className="meta">{m.andMore(count - lines.length)}</li>}
        </ul>
      )}
    </section>
  );
}

/** A state or a number that says what it means: by a click, or by `e` while it has the focus. */
export function Explainable({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const { store } = useShared();
  const explained = useView((state) => state.explained === id);
  return (
    <button
      type="button"
      className="explainable"
      data-explain={id}
      aria-pressed={explained}
      onClick={() => store.set({ explained: explained ? '' : id })}
    >
      {children}
    </button>
  );
}
