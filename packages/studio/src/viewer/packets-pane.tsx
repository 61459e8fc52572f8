/** The packet list with its filter, the layers of the chosen packet, and its bytes: hovering either shows the other. */
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { COMMON_FILTERS, conversationFilter, fieldFilter } from '@netarium/view/packets/filters.ts';
import { packetClass } from '@netarium/view/packets/packet-class.ts';
import type { PacketList } from '@netarium/view/packets/packet-list.ts';
import { type CSSProperties, type ReactNode, useCallback, useState } from 'react';
import { downloadCard } from './actions.ts';
import { BytesPane } from './bytes-pane.tsx';
import { useViewer } from './context.tsx';
import { FilterLine } from './filter-line.tsx';
import { LayersPane } from './layers-pane.tsx';
import { useMenuOn } from './menu.tsx';
import { Rows } from './rows.tsx';
import { secondsText } from './time-text.ts';
import { useFiltered } from './use-filtered.ts';

const ROW_HEIGHT = 24;

export function PacketsPane() {
  const { m, model, state, store } = useViewer();
  const list = model.list(state.card);
  const { rows, version } = useFiltered(list, state.filter);
  const menuOn = useMenuOn();
  const { selection } = state;
  const chosenRow = selection.kind === 'packet' ? list.rowOf(selection.packet) : -1;
  const chosen = chosenRow < 0 ? -1 : rows.placeOf(chosenRow);
  const { endNs } = model.recording;
  // As wide as what is longest in them.
  const widths = {
    '--number': `${Math.max(3, String(list.length).length)}ch`,
    '--time': `${secondsText(endNs).length}ch`,
  } as CSSProperties;
  const current = rows.upTo(list.rowAt(state.nowNs));
  const none = state.card === '' ? m.noPackets : m.noneSeen(state.card);
  const choose = (index: number): void => {
    const row = list.row(rows.at(index));
    store.set({ selection: { kind: 'packet', packet: row.packet }, nowNs: row.atNs, playing: false });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is known of rows grows with the version
  const row = useCallback((index: number): ReactNode => cellsOf(list, rows.at(index)), [list, rows, version]);
  return (
    <div className="packets" style={widths}>
      <FilterBar shown={rows.length} all={list.length} looked={rows.part} />
      <Rows
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        label={m.panes.packets}
        chosen={chosen}
        inSight={chosen >= 0 ? chosen : current}
        onChoose={choose}
        onMenu={(index, event) => menuOn(event, { kind: 'packet', packet: list.row(rows.at(index)).packet })}
        head={
          <div className="packet-row head" aria-hidden="true">
            {COLUMNS.map((column) => (
              <span key={column} className={column}>
                {m.columns[column]}
              </span>
            ))}
          </div>
        }
        rowClass={(index) => {
          const row = list.row(rows.at(index));
          const kind = packetClass(list.bytes(rows.at(index)));
          return `packet-row class-${kind}${row.findings.length > 0 ? ' found' : ''}${index > current ? ' later' : ''}`;
        }}
        row={row}
      />
      {chosenRow >= 0 ? (
        <Opened key={chosenRow} list={list} row={chosenRow} />
      ) : (
        <p className="hint">
          {list.length === 0 ? none : rows.length === 0 && rows.done ? m.noneFound : m.choosePacket}
        </p>
      )}
    </div>
  );
}

function cellsOf(list: PacketList, index: number): ReactNode {
  const row = list.row(index);
  return (
    <>
      <span className="number">{row.number}</span>
      <span className="time">{secondsText(row.atNs)}</span>
      <span className="source" title={row.source}>
        {row.source}
      </span>
      <span className="destination" title={row.destination}>
        {row.destination}
      </span>
      <span className="protocol">{row.protocol}</span>
      <span className="length">{row.length}</span>
      <span className="info" title={row.info}>
        {row.info}
      </span>
      <span className="where">{row.where}</span>
    </>
  );
}

const COLUMNS = ['number', 'time', 'source', 'destination', 'protocol', 'length', 'info', 'where'] as const;

interface FilterBarProps {
  readonly shown: number;
  readonly all: number;
  /** The part of all that was looked at. */
  readonly looked: number;
}

function FilterBar({ shown, all, looked }: FilterBarProps) {
  const shared = useViewer();
  const { m, model, state, store } = shared;
  const { cards } = model.recording;
  return (
    <div className="filter-bar">
      <FilterLine />
      <label className="select">
        <span>{m.capture}</span>
        <select value={state.card} onChange={(event) => store.set({ card: event.target.value })}>
          <option value="">{m.everywhere}</option>
          {cards.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" title={`${m.download} (w)`} onClick={() => downloadCard(shared, state.card)}>
        {m.download}
      </button>
      <div className="chips" role="toolbar" aria-label={m.chips}>
        {COMMON_FILTERS.map((filter) => (
          <button
            key={filter}
            type="button"
            aria-pressed={state.filter === filter}
            onClick={() => store.set({ filter: state.filter === filter ? '' : filter })}
          >
            {filter}
          </button>
        ))}
        <span className="count" role="status">
          {m.rows(shown, all, looked)}
        </span>
      </div>
    </div>
  );
}

function Opened({ list, row }: { readonly list: PacketList; readonly row: number }) {
  const { m, store } = useViewer();
  const [node, setNode] = useState<TreeNode>();
  const dissection = list.dissection(row);
  const { nodes } = dissection;
  const bytes = list.bytes(row);
  const { length } = list.row(row);
  const conversation = conversationFilter(dissection);
  return (
    <div className="opened">
      <div className="choices actions">
        <button
          type="button"
          disabled={conversation === undefined}
          onClick={() => store.set({ filter: conversation ?? '' })}
        >
          {m.command.follow}
        </button>
        <button type="button" disabled={node === undefined} onClick={() => store.set({ filter: fieldFilter(node!) })}>
          {m.asFilter}
        </button>
        <button type="button" onClick={() => store.set({ pane: 'ladder' })}>
          {m.command['on-ladder']}
        </button>
        <button type="button" onClick={() => store.set({ pane: 'topology' })}>
          {m.command['on-topology']}
        </button>
      </div>
      <LayersPane list={list} row={row} nodes={nodes} shown={node} onShow={setNode} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys */}
      <section className="bytes-side" aria-label={m.bytes} tabIndex={0}>
        {bytes.length < length && <p className="hint">{m.cutShort(bytes.length, length)}</p>}
        <BytesPane bytes={bytes} nodes={nodes} shown={node} onShow={setNode} />
      </section>
    </div>
  );
}
