/** The sequence diagram: hosts as columns, packets as rows, timers beside the lifelines, the cursor at this instant. */
import { badgesOf } from '@netarium/view/ladder/badges.ts';
import { type LadderRow, rowText, rowUpTo } from '@netarium/view/ladder/ladder.ts';
import type { BarPart } from '@netarium/view/ladder/timer-bars.ts';
import { useCallback, useMemo, useRef } from 'react';
import { useShared, useView, useViewer } from './context.tsx';
import { Explainable } from './details.tsx';
import { FilterLine } from './filter-line.tsx';
import { LadderArrow, LEAD, ROW_HEIGHT, TIME_WIDTH } from './ladder-row.tsx';
import { useMenuOn } from './menu.tsx';
import { Rows } from './rows.tsx';
import { ScaledPane } from './scaled-ladder.tsx';
import { usePassing } from './use-filtered.ts';
import { useSize } from './use-size.ts';

const RIGHT = 40;
const LANE_LEAST = 90;
/** Longer ladders are filtered when every packet was looked at, not again and again on the way there. */
const FEW = 20_000;

/** The rows that pass the filter, all of them without one. */
function useShownRows(): readonly LadderRow[] {
  const { model } = useShared();
  const { rows } = model.recording.ladder;
  const passing = usePassing();
  const ready = passing !== undefined && (passing.done || rows.length < FEW);
  const count = ready ? passing.count : -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what passes grows with the count
  return useMemo(
    () => (ready ? rows.filter(({ packet }) => passing.has(packet)) : rows),
    [ready, rows, passing, count],
  );
}

export function LadderPane() {
  const { m, model, state, store } = useViewer();
  const { ladder } = model.recording;
  const { hosts } = ladder;
  const rows = useShownRows();
  const frame = useRef<HTMLDivElement>(null);
  const { width } = useSize(frame);
  const lane = Math.max(LANE_LEAST, (width - TIME_WIDTH - RIGHT) / Math.max(1, hosts.length));
  const columns = useMemo(() => new Map(hosts.map((host, i) => [host, TIME_WIDTH + lane * (i + 0.5)])), [hosts, lane]);
  const drawn = model.showLadder(rows);
  const current = rowUpTo({ ...ladder, rows }, state.nowNs);
  const { selection } = state;
  const chosen = useMemo(
    () => (selection.kind === 'packet' ? rows.findIndex(({ packet }) => packet === selection.packet) : -1),
    [rows, selection],
  );
  const menuOn = useMenuOn();
  const choose = (index: number): void => {
    const { packet, fromNs } = rows[index]!;
    store.set({ selection: { kind: 'packet', packet }, nowNs: fromNs, playing: false });
  };
  // Texts may go on behind the last lifeline.
  const total = TIME_WIDTH + lane * hosts.length + RIGHT / 2;
  const { numbers } = state;
  const row = useCallback(
    (index: number) => (
      <LadderArrow
        row={rows[index]!}
        text={rowText(rows[index]!, numbers)}
        columns={columns}
        width={total}
        timers={drawn.bars().partsOf(index, LEAD)}
        onTimer={({ bar }: BarPart) => store.set({ explained: `timer.${ladder.timers.indexOf(bar)}` })}
      />
    ),
    [rows, numbers, columns, total, drawn, ladder, store],
  );
  return (
    <div className="ladder" ref={frame}>
      <div className="ladder-bar">
        <FilterLine />
        <span className="count" role="status">
          {m.filteredBy(rows.length, ladder.rows.length)}
        </span>
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
      </div>
      {rows.length === 0 && <p className="hint">{ladder.rows.length === 0 ? m.noPackets : m.noneFound}</p>}
      {rows.length > 0 && state.scale === 'time' && (
        <>
          <Head columns={columns} lane={lane} width={total} />
          <ScaledPane ladder={drawn} columns={columns} width={total} chosen={chosen} onChoose={choose} />
        </>
      )}
      {rows.length > 0 && state.scale === 'events' && (
        <Rows
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          label={m.panes.ladder}
          chosen={chosen}
          inSight={chosen >= 0 ? chosen : current}
          onChoose={choose}
          onMenu={(index, event) => menuOn(event, { kind: 'packet', packet: rows[index]!.packet })}
          rowClass={(index) => `${index > current ? 'later' : ''}${index === current ? ' now' : ''}`}
          head={<Head columns={columns} lane={lane} width={total} />}
          row={row}
        />
      )}
    </div>
  );
}

interface HeadProps {
  readonly columns: ReadonlyMap<string, number>;
  readonly lane: number;
  readonly width: number;
}

/** The hosts, and what their connections are at this instant. */
function Head({ columns, lane, width }: HeadProps) {
  const { model } = useShared();
  const nowNs = useView((state) => state.nowNs);
  return (
    <div className="ladder-head" style={{ width }}>
      {[...columns].map(([host, x]) => {
        const { badges, more } = badgesOf(model.machines().at(host, nowNs).connections);
        return (
          <div key={host} className="host" style={{ left: x - lane / 2, width: lane }}>
            <b>{host}</b>
            <span className="badges">
              {badges.map(({ state, socket }) => (
                <Explainable key={state} id={`by.${host} tcp.state socket=${socket} to=${state}`}>
                  <span className="badge">{state}</span>
                </Explainable>
              ))}
              {more && ' …'}
            </span>
          </div>
        );
      })}
    </div>
  );
}
