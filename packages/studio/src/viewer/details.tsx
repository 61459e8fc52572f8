/** What is chosen, in words: a machine as it is at this instant, a packet and those that belong to it, an event and the rule behind it. */
import { explain } from '@netarium/view/explain/explain.ts';
import { textIn } from '@netarium/view/language.ts';
import type { MachineState } from '@netarium/view/machine/machine-state.ts';
import { above } from '@netarium/view/timeline/timeline.ts';
import type { ReactNode } from 'react';
import { useViewer } from './context.tsx';
import { secondsText } from './time-text.ts';

export function Details() {
  const { m, model, state } = useViewer();
  const { selection } = state;
  const { events } = model.recording;
  const last = above(events.atNs, state.nowNs) - 1;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys
    <aside className="details" aria-label={m.details} data-part="details" tabIndex={0}>
      {selection.kind === 'machine' && <Machine name={selection.name} />}
      {selection.kind === 'packet' && <Packet packet={selection.packet} />}
      {selection.kind === 'event' && selection.index < events.atNs.length && (
        <Event index={selection.index} title={m.event} />
      )}
      {selection.kind === 'none' && <p className="hint">{m.nothing}</p>}
      {selection.kind !== 'event' &&
        (last < 0 ? <p className="hint">{m.noEvent}</p> : <Event index={last} title={m.lastEvent} />)}
    </aside>
  );
}

function Event({ index, title }: { readonly index: number; readonly title: string }) {
  const { m, model, state } = useViewer();
  const { events, kinds, hosts } = model.recording;
  const kind = kinds[events.kind[index]!]!;
  const { text, rule } = explain(kind, events.values.at(index));
  return (
    <section id="explained" tabIndex={-1}>
      <h2>{title}</h2>
      <p className="meta">
        {secondsText(events.atNs[index]!)} s · {hosts[events.host[index]!]} · {kind}
      </p>
      <p>{textIn(text, state.language)}</p>
      {rule !== '' && <p className="rule">{m.rule(rule)}</p>}
    </section>
  );
}

function Packet({ packet }: { readonly packet: number }) {
  const { m, model, store } = useViewer();
  const list = model.list('');
  const chain = model.chains().of(packet);
  return (
    <section>
      <h2>{m.packet(packet)}</h2>
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
                  {secondsText(row.atNs)} s · {row.protocol} {row.info}
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
  return (
    <section>
      <h2>
        {m.machine} {name}
      </h2>
      <p className="meta">{secondsText(state.nowNs)} s</p>
      {!now.up && <p className="wrong">{m.off}</p>}
      <Parts now={now} />
    </section>
  );
}

/** Longer lists nobody reads, and a page that draws them at every step is slow. */
const MOST_ITEMS = 50;

function Parts({ now }: { readonly now: MachineState }) {
  const { m } = useViewer();
  const parts: readonly (readonly [title: string, items: readonly string[]])[] = [
    [m.parts.addresses, [...now.addresses.values()].map(({ card, address }) => `${card} ${address}`)],
    [m.parts.carriers, [...now.carriers].map(([card, up]) => `${card} ${up ? m.up : m.down}`)],
    [
      m.parts.neighbours,
      [...now.neighbours.values()].map(({ address, mac, state }) => [address, mac, state].filter(Boolean).join(' ')),
    ],
    [
      m.parts.routes,
      [...now.routes.values()].map(({ destination, gateway, card }) =>
        gateway === '' ? `${destination} dev ${card}` : `${destination} via ${gateway} dev ${card}`,
      ),
    ],
    [m.parts.connections, [...now.connections.values()].map(({ local, peer, state }) => `${local} → ${peer} ${state}`)],
    [m.parts.processes, [...now.processes.values()].map(({ pid, argv }) => `${pid} ${argv}`)],
  ];
  return parts.map(
    ([title, items]): ReactNode => (
      <section key={title} className="part">
        <h3>{title}</h3>
        {items.length === 0 ? (
          <p className="meta">{m.none}</p>
        ) : (
          <ul>
            {items.slice(0, MOST_ITEMS).map((item) => (
              <li key={item}>{item}</li>
            ))}
            {items.length > MOST_ITEMS && <li className="meta">{m.andMore(items.length - MOST_ITEMS)}</li>}
          </ul>
        )}
      </section>
    ),
  );
}
