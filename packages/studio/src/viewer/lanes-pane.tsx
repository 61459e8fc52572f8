/** What each thread does over time: a lane per thread, its states by colour, texture and letter, arrows from releases to who waited. They stay in sight while the programs and sums below are read; where they are many they scroll by themselves, after the one whose program is shown. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import {
  between,
  flowsAt,
  holderNames,
  LANE_LETTERS,
  LANE_STATES,
  type Lanes,
  type LaneTotals,
  lanesIn,
  lockTotals,
  longestWait,
  sharesOf,
  stretchAt,
  totalsOf,
} from '@netarium/view/lanes/lanes.ts';
import { choiceFrom, choiceText } from '@netarium/view/source/thread-choice.ts';
import { memo, type ReactNode, type RefObject, useCallback, useMemo, useRef } from 'react';
import { followWait, openInPerfetto } from './actions.ts';
import type { Drawing } from './canvas.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { Explainable } from './details.tsx';
import { drawLane, LANE_HEIGHT, NAME_WIDTH, RIGHT } from './lanes-picture.ts';
import { SourcePane } from './source-pane.tsx';
import { secondsText } from './time-text.ts';
import { SpanBar, TimeTrack, useAxis } from './time-track.tsx';
import { useInSight } from './use-in-sight.ts';

/** So many are never cut off. */
const FEW_LANES = 8;

export function LanesPane() {
  const { model } = useShared();
  const m = useMessages();
  const { lanes } = model.recording;
  const axis = useAxis();
  const { places, leftOut } = useMemo(() => lanesIn(lanes, axis.span), [lanes, axis]);
  const rowOf = useMemo(() => new Map(places.map((place, row) => [place, row])), [places]);
  const draw = useCallback(
    (drawing: Drawing, x: (atNs: number) => number): void => {
      for (const [place, row] of rowOf) drawLane(drawing, lanes, lanes.lanes[place]!, row * LANE_HEIGHT, x);
    },
    [lanes, rowOf],
  );
  const box = useRef<HTMLElement>(null);
  const over = useCallback(
    (x: (atNs: number) => number) => (
      <>
        <Looked rowOf={rowOf} box={box} />
        <Flows rowOf={rowOf} x={x} />
      </>
    ),
    [rowOf],
  );
  const many = places.length > FEW_LANES;
  if (lanes.lanes.length === 0) return <p className="hint">{m.noLanes}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys
    <section className="lanes" aria-label={m.panes.lanes} tabIndex={0} data-whole="">
      <div className="staying">
        <div className="bar">
          <SpanBar axis={axis} />
          <FollowBar />
        </div>
        <section
          className={many ? 'lane-box many' : 'lane-box'}
          aria-label={many ? m.allThreads : undefined}
          tabIndex={many ? 0 : undefined}
          ref={box}
          data-whole=""
        >
          <TimeTrack
            axis={axis}
            left={NAME_WIDTH}
            right={RIGHT}
            height={places.length * LANE_HEIGHT}
            label={m.panes.lanes}
            draw={draw}
          >
            {over}
          </TimeTrack>
        </section>
      </div>
      {leftOut > 0 && <p className="meta">{m.andMore(leftOut)}</p>}
      <ul className="legend" aria-label={m.legend}>
        {LANE_STATES.map((each) => (
          <li key={each}>
            <span className={`sign state-${each}`} aria-hidden="true">
              {LANE_LETTERS[each]}
            </span>{' '}
            {m.laneStates[each]}
          </li>
        ))}
      </ul>
      <p className="meta">{m.dragHint}</p>
      <SourcePane />
      <Threads places={places} />
      <Waits />
    </section>
  );
}

/** From who waits to who lets it wait, and back. */
function FollowBar() {
  const shared = useShared();
  const m = useMessages();
  const { lanes } = shared.model.recording;
  const alone = useView(({ nowNs }) => flowsAt(lanes, nowNs).length === 0);
  return (
    <div className="choices">
      <button type="button" title={`${m.followBack} ([)`} disabled={alone} onClick={() => followWait(shared, false)}>
        {m.followBack}
      </button>
      <button type="button" title={`${m.followWait} (])`} disabled={alone} onClick={() => followWait(shared, true)}>
        {m.followWait}
      </button>
      <button type="button" title={m.command['lanes-perfetto']} onClick={() => void openInPerfetto(shared)}>
        {m.perfetto}
      </button>
    </div>
  );
}

interface LookedProps {
  readonly rowOf: ReadonlyMap<number, number>;
  readonly box: RefObject<HTMLElement | null>;
}

/** The lane of the thread whose program is shown: who acts, or was chosen. */
function Looked({ rowOf, box }: LookedProps) {
  const { model } = useShared();
  const view = model.source();
  const { lanes } = model.recording.lanes;
  const place = useView(({ thread, nowNs }) =>
    view.empty ? -1 : view.placeOf(choiceFrom(thread, lanes.length), nowNs),
  );
  const row = rowOf.get(place);
  useInSight(box, String(row), LANE_HEIGHT);
  if (row === undefined) return null;
  return (
    <div
      className="looked"
      aria-current="step"
      style={{ top: row * LANE_HEIGHT, width: NAME_WIDTH, height: LANE_HEIGHT }}
    />
  );
}

interface FlowsProps {
  readonly rowOf: ReadonlyMap<number, number>;
  x(atNs: number): number;
}

/** Arrows from who could end a wait to who waits, at its end. */
function Flows({ rowOf, x }: FlowsProps) {
  const { model } = useShared();
  const nowNs = useView((state) => state.nowNs);
  const middle = (row: number): number => (row + 0.5) * LANE_HEIGHT;
  return (
    <svg className="flows" aria-hidden="true">
      {flowsAt(model.recording.lanes, nowNs).map(({ waiter, holder, stretch }) => {
        const rows = [rowOf.get(holder), rowOf.get(waiter)] as const;
        if (rows[0] === undefined || rows[1] === undefined) return null;
        const [at, from, to] = [Math.max(NAME_WIDTH, x(stretch.toNs)), middle(rows[0]), middle(rows[1])];
        return (
          <g key={`${waiter} ${holder}`}>
            <path className="shaft" d={`M${at},${from} V${to}`} />
            <path d={`M${at},${to} l-4,${from < to ? -8 : 8} l8,0 z`} />
          </g>
        );
      })}
    </svg>
  );
}

/** What each thread does now, and how long it did what in the area. */
const Threads = memo(function Threads({ places }: { readonly places: readonly number[] }) {
  const { model } = useShared();
  const m = useMessages();
  const { lanes } = model.recording;
  const area = useView((state) => state.area);
  const totals = useMemo(() => (area === undefined ? lanes : between(lanes, area)).lanes.map(totalsOf), [lanes, area]);
  const shares = useMemo(() => sharesOf(totals), [totals]);
  return (
    <table>
      <caption>
        {area === undefined
          ? m.showAll
          : m.area(secondsText(area.fromNs), secondsText(area.toNs), formatDuration(area.toNs - area.fromNs))}
      </caption>
      <thead>
        <tr>
          <th scope="col">{m.lane}</th>
          <th scope="col">{m.state}</th>
          <th scope="col">{m.waitsFor}</th>
          {LANE_STATES.map((each) => (
            <th key={each} scope="col">
              {LANE_LETTERS[each]} {m.laneStates[each]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr className="sum">
          <th scope="row">{m.allThreads}</th>
          <td />
          <td />
          {LANE_STATES.map((each) => (
            <td key={each}>{shares[each]} %</td>
          ))}
        </tr>
        {places.map((i) => (
          <Thread key={i} lanes={lanes} place={i} ns={totals[i]!.ns} />
        ))}
      </tbody>
    </table>
  );
});

interface ThreadProps {
  readonly lanes: Lanes;
  readonly place: number;
  readonly ns: LaneTotals['ns'];
}

/** Drawn anew when the thread does something else. */
const Thread = memo(function Thread({ lanes, place, ns }: ThreadProps) {
  const m = useMessages();
  const lane = lanes.lanes[place]!;
  const now = useView(({ nowNs }) => stretchAt(lane, nowNs));
  const held = now === undefined || now.holders.length === 0 ? '' : ` (${m.heldBy(holderNames(lanes, lane, now))})`;
  return (
    <tr>
      <th scope="row">
        <LaneName name={lane.name} place={place} />
      </th>
      <td>
        {now === undefined ? (
          '–'
        ) : (
          <Explainable id={`lane.${place}`}>
            {LANE_LETTERS[now.state]} {m.laneStates[now.state]}
          </Explainable>
        )}
      </td>
      <td>{now === undefined || now.waits === '' ? '' : `${now.waits}${held}`}</td>
      {LANE_STATES.map((each) => (
        <td key={each}>{ns[each] === 0 ? '' : formatDuration(ns[each])}</td>
      ))}
    </tr>
  );
});

/** Chooses the thread whose source is shown, where there is any. */
function LaneName({ name, place }: { readonly name: string; readonly place: number }) {
  const { model, store } = useShared();
  const m = useMessages();
  const chosen = useView(({ thread }) => choiceFrom(thread, model.recording.lanes.lanes.length).place === place);
  if (model.source().empty) return name;
  return (
    <button
      type="button"
      className="explainable"
      title={m.source.show}
      aria-pressed={chosen}
      onClick={() => store.set({ thread: chosen ? '' : choiceText({ place, coroutine: '' }) })}
    >
      {name}
    </button>
  );
}

/** The locks that were waited for in the area, and the longest wait of all. */
function Waits(): ReactNode {
  const { model, store } = useShared();
  const m = useMessages();
  const { lanes } = model.recording;
  const area = useView((state) => state.area);
  const [locks, longest] = useMemo(() => {
    const seen = area === undefined ? lanes : between(lanes, area);
    return [lockTotals(seen), longestWait(seen)];
  }, [lanes, area]);
  if (longest === undefined) return null;
  const { lane, stretch } = longest;
  const length = formatDuration(stretch.toNs - stretch.fromNs);
  return (
    <>
      <p>
        <button type="button" onClick={() => store.set({ nowNs: stretch.fromNs, playing: false })}>
          {m.longestWait(lane.name, stretch.waits, length)}
        </button>
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{m.lock}</th>
            <th scope="col">{m.waits}</th>
            <th scope="col">{m.waited}</th>
            <th scope="col">{m.longest}</th>
          </tr>
        </thead>
        <tbody>
          {locks.map(({ lock, waits, waitedNs, longestNs }) => (
            <tr key={lock}>
              <th scope="row">{lock}</th>
              <td>{waits}</td>
              <td>{formatDuration(waitedNs)}</td>
              <td>{formatDuration(longestNs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
