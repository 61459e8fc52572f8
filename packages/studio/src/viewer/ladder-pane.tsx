/** The sequence diagram: hosts as columns, packets as rows, the cursor at this instant. */
import { type LadderRow, rowText, rowUpTo } from '@netarium/view/ladder/ladder.ts';
import type { ConnectionState } from '@netarium/view/machine/machine-state.ts';
import { useMemo, useRef } from 'react';
import { useViewer } from './context.tsx';
import { Rows } from './rows.tsx';
import { secondsText } from './time-text.ts';
import { useSize } from './use-size.ts';

const ROW_HEIGHT = 38;
const TIME_WIDTH = 110;
const RIGHT = 40;

export function LadderPane() {
  const { m, model, state, store } = useViewer();
  const { hosts, rows } = model.recording.ladder;
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const columns = useMemo(() => {
    const lane = Math.max(90, (width - TIME_WIDTH - RIGHT) / Math.max(1, hosts.length));
    return new Map(hosts.map((host, i) => [host, TIME_WIDTH + lane * (i + 0.5)]));
  }, [hosts, width]);
  const current = rowUpTo(model.recording.ladder, state.nowNs);
  const { selection } = state;
  const chosen = useMemo(
    () => (selection.kind === 'packet' ? rows.findIndex(({ packet }) => packet === selection.packet) : -1),
    [rows, selection],
  );
  const choose = (index: number): void => {
    const { packet, fromNs } = rows[index]!;
    store.set({ selection: { kind: 'packet', packet }, nowNs: fromNs, playing: false });
  };
  if (rows.length === 0) return <p className="hint">{m.noRows}</p>;
  const total = TIME_WIDTH + Math.max(90, (width - TIME_WIDTH - RIGHT) / Math.max(1, hosts.length)) * hosts.length;
  return (
    <div className="ladder" ref={frame}>
      <fieldset className="choices numbers">
        <legend>{m.numbers}</legend>
        {(['relative', 'absolute'] as const).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="numbers"
              checked={state.numbers === each}
              onChange={() => store.set({ numbers: each })}
            />{' '}
            {m.numberKinds[each]}
          </label>
        ))}
      </fieldset>
      <Rows
        count={rows.length}
        rowHeight={ROW_HEIGHT}
        label={m.panes.ladder}
        chosen={chosen}
        inSight={chosen >= 0 ? chosen : current}
        onChoose={choose}
        rowClass={(index) => `${index > current ? 'later' : ''}${index === current ? ' now' : ''}`}
        head={
          <svg className="ladder-head" width={total} height={40} aria-hidden="true">
            {[...columns].map(([host, x]) => (
              <g key={host}>
                <text x={x} y={16} textAnchor="middle">
                  {host}
                </text>
                <text className="badge" x={x} y={32} textAnchor="middle">
                  {badge(model.machines().at(host, state.nowNs).connections)}
                </text>
              </g>
            ))}
          </svg>
        }
        row={(index) => (
          <Arrow row={rows[index]!} text={rowText(rows[index]!, state.numbers)} columns={columns} width={total} />
        )}
      />
    </div>
  );
}

const MOST_STATES = 2;

/** The states of a host's TCP connections; listening says nothing about a conversation. */
function badge(connections: ReadonlyMap<number, ConnectionState>): string {
  const states = new Set([...connections.values()].map(({ state }) => state).filter((each) => each !== 'LISTEN'));
  const shown = [...states].slice(0, MOST_STATES).join(' ');
  return states.size > MOST_STATES ? `${shown} …` : shown;
}

interface ArrowProps {
  readonly row: LadderRow;
  readonly text: string;
  readonly columns: ReadonlyMap<string, number>;
  readonly width: number;
}

const SAYING = 9;
const TOP = 16;
const BOTTOM = 30;

function Arrow({ row, text, columns, width }: ArrowProps) {
  const from = row.from === undefined ? undefined : columns.get(row.from);
  const ends = row.arrivals.map(({ host }) => columns.get(host)).filter((x) => x !== undefined);
  const far = ends.at(-1) ?? from ?? TIME_WIDTH;
  const left = Math.min(from ?? far, far);
  const kind = row.drops.length > 0 ? 'lost' : row.cause === 'retransmission' ? 'again' : '';
  return (
    <svg
      className={`arrow ${kind}`}
      width={width}
      height={ROW_HEIGHT}
      role="img"
      aria-label={`${secondsText(row.fromNs)} ${row.from ?? ''} ${text}`}
    >
      <text className="time" x={8} y={TOP}>
        {secondsText(row.fromNs)}
      </text>
      {[...columns.values()].map((x) => (
        <line key={x} className="life" x1={x} y1={0} x2={x} y2={ROW_HEIGHT} />
      ))}
      {ends.map((to) =>
        from === undefined || from === to ? (
          <circle key={to} cx={to} cy={BOTTOM} r={3} />
        ) : (
          <g key={to}>
            <line x1={from} y1={TOP} x2={to} y2={BOTTOM} />
            <path d={`M${to},${BOTTOM} l${from < to ? -8 : 8},-5 l0,8 z`} />
          </g>
        ),
      )}
      {row.drops.map((drop, i) => {
        const last = columns.get(drop.after ?? drop.host) ?? from ?? TIME_WIDTH;
        const next = drop.onTheWay ? (columns.get(drop.before ?? '') ?? last + 90) : last;
        const x = (last + next) / 2;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: drops have no names
          <g key={i} className="cross">
            {from !== undefined && from !== x && <line className="dashed" x1={from} y1={TOP} x2={x} y2={BOTTOM} />}
            <path d={`M${x - 5},${BOTTOM - 5} l10,10 m0,-10 l-10,10`} />
            <text x={x + 9} y={BOTTOM + 4}>
              {drop.reason}
            </text>
          </g>
        );
      })}
      <text className="saying" x={left + 8} y={SAYING}>
        {text}
      </text>
    </svg>
  );
}
