/** What each thread does over time: a lane per thread, its states by colour, texture and letter, arrows from releases to who waited. They stay in sight while the programs and sums below are read; where they are many they scroll by themselves, after the one whose program is shown. */
import { flowsAt, LANE_LETTERS, LANE_STATES, lanesIn } from '@netarium/view/lanes/lanes.ts';
import type { Axis } from '@netarium/view/timeline/axis.ts';
import { type ReactNode, type RefObject, useCallback, useMemo, useRef } from 'react';
import { followWait, openInPerfetto } from './actions.ts';
import type { Drawing } from './canvas.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { drawLane, LANE_HEIGHT, NAME_WIDTH, RIGHT } from './lanes-picture.ts';
import { Threads, Waits } from './lanes-tables.tsx';
import { SourcePane } from './source-pane.tsx';
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
        <InSight rowOf={rowOf} box={box} />
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
          {leftOut > 0 && <LeftOut rowOf={rowOf} axis={axis} />}
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

/** The lane of the thread whose program is shown: who acts, or was chosen; -1 where there are no programs. */
function useLookedAt(): number {
  const { model } = useShared();
  const view = model.source();
  return useView(({ thread, nowNs }) => (view.empty ? -1 : view.placeOf(thread, nowNs)));
}

interface LookedProps {
  readonly row: number;
  /** `step`: where it comes into sight by scrolling. */
  readonly current: 'step' | 'true';
}

function Looked({ row, current }: LookedProps) {
  const box = { top: row * LANE_HEIGHT, width: NAME_WIDTH, height: LANE_HEIGHT };
  return <div className="looked" aria-current={current} style={box} />;
}

interface InSightProps {
  readonly rowOf: ReadonlyMap<number, number>;
  readonly box: RefObject<HTMLElement | null>;
}

function InSight({ rowOf, box }: InSightProps) {
  const row = rowOf.get(useLookedAt());
  useInSight(box, String(row), LANE_HEIGHT);
  return row === undefined ? null : <Looked row={row} current="step" />;
}

interface LeftOutProps {
  readonly rowOf: ReadonlyMap<number, number>;
  readonly axis: Axis;
}

const looked = (): ReactNode => <Looked row={0} current="true" />;

/** Where it is none of those that are drawn, it is there below them. */
function LeftOut({ rowOf, axis }: LeftOutProps) {
  const { lanes } = useShared().model.recording;
  const place = useLookedAt();
  const lane = rowOf.has(place) ? undefined : lanes.lanes[place];
  const draw = useCallback(
    (drawing: Drawing, x: (atNs: number) => number): void => {
      if (lane !== undefined) drawLane(drawing, lanes, lane, 0, x);
    },
    [lanes, lane],
  );
  return (
    <div className="left-out" style={{ visibility: lane === undefined ? 'hidden' : 'visible' }}>
      <TimeTrack axis={axis} left={NAME_WIDTH} right={RIGHT} height={LANE_HEIGHT} label={lane?.name ?? ''} draw={draw}>
        {looked}
      </TimeTrack>
    </div>
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
