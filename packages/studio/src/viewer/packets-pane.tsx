/** The packet list with its filter, the layers of the chosen packet, and its bytes: hovering either shows the other. */

import { ALL_FIELDS } from '@netarium/core/wire/fields.ts';
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { captureFile } from '@netarium/view/packets/capture-file.ts';
import { packetClass } from '@netarium/view/packets/packet-class.ts';
import { FilteredRows, filterOf, type PacketList } from '@netarium/view/packets/packet-list.ts';
import { useEffect, useMemo, useState } from 'react';
import { BytesPane } from './bytes-pane.tsx';
import { useViewer } from './context.tsx';
import { LayersPane } from './layers-pane.tsx';
import { Rows } from './rows.tsx';
import { secondsText } from './time-text.ts';

const ROW_HEIGHT = 24;
/** Packets that are looked at before the page gets its turn. */
const SLICE = 2000;

/** Rows that pass, found slice by slice. */
function useFiltered(list: PacketList, text: string): { rows: FilteredRows; problem: string; found: number } {
  const filter = useMemo(() => filterOf(text), [text]);
  const rows = useMemo(() => new FilteredRows(list, filter.ok ? filter : undefined), [list, filter]);
  const [, turn] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const advance = (): void => {
      rows.advance(SLICE);
      turn((before) => before + 1);
      if (!rows.done) timer = setTimeout(advance, 0);
    };
    advance();
    return () => clearTimeout(timer);
  }, [rows]);
  return { rows, problem: filter.ok ? '' : filter.problem, found: rows.rows.length };
}

export function PacketsPane() {
  const { m, model, state, store } = useViewer();
  const { recording } = model;
  const list = model.list(state.card);
  const { rows, problem, found } = useFiltered(list, state.filter);
  const { selection } = state;
  const chosenRow = selection.kind === 'packet' ? list.rowOf(selection.packet) : -1;
  const chosen = chosenRow < 0 ? -1 : rows.rows.indexOf(chosenRow);
  const last = list.rowAt(state.nowNs);
  const current = useMemo(() => rows.rows.slice(0, found).findLastIndex((row) => row <= last), [rows, found, last]);
  const choose = (index: number): void => {
    const row = list.row(rows.rows[index]!);
    store.set({ selection: { kind: 'packet', packet: row.packet }, nowNs: row.atNs, playing: false });
  };
  return (
    <div className="packets">
      <FilterBar problem={problem} shown={found} all={list.length} done={rows.done} />
      <Rows
        count={found}
        rowHeight={ROW_HEIGHT}
        label={m.panes.packets}
        chosen={chosen}
        inSight={chosen >= 0 ? chosen : current}
        onChoose={choose}
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
          const row = list.row(rows.rows[index]!);
          const kind = packetClass(list.bytes(rows.rows[index]!));
          return `packet-row class-${kind}${row.findings.length > 0 ? ' found' : ''}${index > current ? ' later' : ''}`;
        }}
        row={(index) => {
          const row = list.row(rows.rows[index]!);
          return (
            <>
              <span className="number">{row.number}</span>
              <span className="time">{secondsText(row.atNs)}</span>
              <span className="source">{row.source}</span>
              <span className="destination">{row.destination}</span>
              <span className="protocol">{row.protocol}</span>
              <span className="length">{row.length}</span>
              <span className="info">{row.info}</span>
              <span className="where">{row.where}</span>
            </>
          );
        }}
      />
      {chosenRow >= 0 ? <Opened list={list} row={chosenRow} /> : <p className="hint">{m.choosePacket}</p>}
      <datalist id="fields">
        {suggestions(state.filter).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <span className="hidden">{recording.lab}</span>
    </div>
  );
}

const COLUMNS = ['number', 'time', 'source', 'destination', 'protocol', 'length', 'info', 'where'] as const;

/** Fields whose names go on from what was typed last. */
function suggestions(filter: string): string[] {
  const [, before = '', word = ''] = /^(.*?)([a-z][\w.]*)$/s.exec(filter) ?? [];
  if (word === '') return [];
  return [...ALL_FIELDS.keys()]
    .filter((name) => name.startsWith(word) && name !== word)
    .slice(0, 30)
    .map((name) => before + name);
}

interface FilterBarProps {
  readonly problem: string;
  readonly shown: number;
  readonly all: number;
  readonly done: boolean;
}

function FilterBar({ problem, shown, all, done }: FilterBarProps) {
  const { m, model, state, store } = useViewer();
  const { cards } = model.recording;
  const download = (): void => {
    const file = new Blob([captureFile(model.recording, state.card) as BlobPart], { type: 'application/octet-stream' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${state.card === '' ? model.recording.lab : state.card}.pcapng`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div className="filter-bar">
      <label className="grow">
        <span className="hidden">{m.filter}</span>
        <input
          id="filter"
          list="fields"
          spellCheck={false}
          autoComplete="off"
          placeholder={`${m.filter}: ${m.filterHint}`}
          value={state.filter}
          aria-invalid={problem !== ''}
          aria-describedby="filter-problem"
          onChange={(event) => store.set({ filter: event.target.value })}
        />
      </label>
      <label>
        <span>{m.capture}</span>{' '}
        <select value={state.card} onChange={(event) => store.set({ card: event.target.value })}>
          <option value="">{m.everywhere}</option>
          {cards.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={download}>
        {m.download}
      </button>
      <span className="count" role="status">
        {m.rows(shown, all, done)}
      </span>
      <pre id="filter-problem" className="problem" role="alert">
        {problem}
      </pre>
    </div>
  );
}

function Opened({ list, row }: { readonly list: PacketList; readonly row: number }) {
  const { m } = useViewer();
  const [node, setNode] = useState<TreeNode>();
  const { nodes } = list.dissection(row);
  const bytes = list.bytes(row);
  const { length } = list.row(row);
  return (
    <div className="opened">
      <LayersPane nodes={nodes} shown={node} onShow={setNode} />
      <div className="bytes-side">
        {bytes.length < length && <p className="hint">{m.cutShort(bytes.length, length)}</p>}
        <BytesPane bytes={bytes} nodes={nodes} shown={node} onShow={setNode} />
      </div>
    </div>
  );
}
