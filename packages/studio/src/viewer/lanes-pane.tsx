/** What each thread does over time: a lane per thread, its states by colour, texture and letter, arrows from releases to who waited; below, sums. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import {
  between,
  flowEnd,
  flowsAt,
  holderNames,
  LANE_LETTERS,
  LANE_STATES,
  type Lane,
  type LaneState,
  type Lanes,
  type LaneTotals,
  lanesIn,
  lockTotals,
  longestWait,
  type Stretch,
  sharesOf,
  stretchAt,
  totalsOf,
  waitText,
} from '@netarium/view/lanes/lanes.ts';
import { memo, type ReactNode, useCallback, useMemo } from 'react';
import type { Drawing } from './canvas.ts';
import { useMessages, useViewer } from './context.tsx';
import { Explainable } from './details.tsx';
import { secondsText } from './time-text.ts';
import { SpanBar, TimeTrack, useAxis } from './time-track.tsx';

const LANE_HEIGHT = 24;
const NAME_WIDTH = 190;
const RIGHT = 8;
const LETTER_PIXELS = 14;
/** Wider bars say what is waited for, and who holds it. */
const NAMED_PIXELS = 70;

const STATE_TOKENS: Readonly<Record<LaneState, string>> = {
  running: '--tcp',
  ready: '--udp',
  interpreter: '--icmp',
  lock: '--error',
  sleep: '--surface',
  io: '--link',
  zombie: '--other',
};

export function LanesPane() {
  const { m, model, state, store } = useViewer();
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
  if (lanes.lanes.length === 0) return <p className="hint">{m.noLanes}</p>;
  const middle = (row: number): number => (row + 0.5) * LANE_HEIGHT;
  const follow = (forward: boolean): void => {
    const atNs = flowEnd(lanes, state.nowNs, forward);
    if (atNs !== undefined) store.set({ nowNs: atNs, playing: false });
  };
  const flows = flowsAt(lanes, state.nowNs);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys
    <section className="lanes" aria-label={m.panes.lanes} tabIndex={0}>
      <div className="bar">
        <SpanBar axis={axis} />
        <div className="choices">
          <button type="button" disabled={flows.length === 0} onClick={() => follow(false)}>
            {m.followBack}
          </button>
          <button type="button" disabled={flows.length === 0} onClick={() => follow(true)}>
            {m.followWait}
          </button>
        </div>
      </div>
      <TimeTrack
        axis={axis}
        left={NAME_WIDTH}
        right={RIGHT}
        height={places.length * LANE_HEIGHT}
        label={m.panes.lanes}
        draw={draw}
      >
        {(x) => (
          <svg className="flows" aria-hidden="true">
            {flows.map(({ waiter, holder, stretch }) => {
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
        )}
      </TimeTrack>
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
      <Threads places={places} />
      <Waits />
    </section>
  );
}

/** What each thread does now, and how long it did what in the area. */
function Threads({ places }: { readonly places: readonly number[] }) {
  const { m, model, state } = useViewer();
  const { lanes } = model.recording;
  const { area } = state;
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
        {places.map((i) => {
          const lane = lanes.lanes[i]!;
          return (
            <Thread key={i} lanes={lanes} place={i} lane={lane} now={stretchAt(lane, state.nowNs)} ns={totals[i]!.ns} />
          );
        })}
      </tbody>
    </table>
  );
}

interface ThreadProps {
  readonly lanes: Lanes;
  readonly place: number;
  readonly lane: Lane;
  readonly now: Stretch | undefined;
  readonly ns: LaneTotals['ns'];
}

/** Drawn anew when the thread does something else. */
const Thread = memo(function Thread({ lanes, place, lane, now, ns }: ThreadProps) {
  const m = useMessages();
  const held = now === undefined || now.holders.length === 0 ? '' : ` (${m.heldBy(holderNames(lanes, lane, now))})`;
  return (
    <tr>
      <th scope="row">{lane.name}</th>
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

/** The locks that were waited for in the area, and the longest wait of all. */
function Waits(): ReactNode {
  const { m, model, state, store } = useViewer();
  const { lanes } = model.recording;
  const { area } = state;
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

/** Text that ends where its bar does. */
function clippedText(context: CanvasRenderingContext2D, text: string, x: number, y: number, right: number): void {
  context.save();
  context.beginPath();
  context.rect(x, y - LANE_HEIGHT / 2, right - x, LANE_HEIGHT);
  context.clip();
  context.fillText(text, x, y);
  context.restore();
}

function drawLane(
  { context, color, width }: Drawing,
  lanes: Lanes,
  lane: Lane,
  y: number,
  x: (atNs: number) => number,
): void {
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillStyle = color('--text');
  context.fillText(lane.name, 4, y + LANE_HEIGHT / 2, NAME_WIDTH - 12);
  context.save();
  context.beginPath();
  context.rect(NAME_WIDTH, y, width - NAME_WIDTH - RIGHT, LANE_HEIGHT);
  context.clip();
  let [lastState, lastPixel] = ['', -1];
  for (const stretch of lane.stretches) {
    const { fromNs, toNs, state } = stretch;
    const [left, right] = [Math.max(NAME_WIDTH - 4, x(fromNs)), Math.min(width, x(toNs))];
    if (right < NAME_WIDTH || left > width) continue;
    const wide = Math.max(0.5, right - left);
    // Of many that fall on one pixel the first of each state is enough.
    if (wide < 1 && lastState === state && lastPixel === Math.floor(left)) continue;
    [lastState, lastPixel] = [state, Math.floor(left)];
    context.fillStyle = color(STATE_TOKENS[state]);
    context.fillRect(left, y + 3, wide, LANE_HEIGHT - 6);
    if (state === 'sleep') {
      context.strokeStyle = color('--muted');
      context.strokeRect(left, y + 3, wide, LANE_HEIGHT - 6);
    }
    texture(context, left, y + 3, wide, color('--on-class'), state);
    if (wide < LETTER_PIXELS) continue;
    context.fillStyle = color(state === 'sleep' ? '--text' : '--on-class');
    const text = wide < NAMED_PIXELS ? LANE_LETTERS[state] : `${LANE_LETTERS[state]} ${waitText(lanes, lane, stretch)}`;
    clippedText(context, text, Math.max(left, NAME_WIDTH) + 3, y + LANE_HEIGHT / 2, right - 3);
  }
  context.restore();
}

/** Without colours: diagonals for a lock, both ways for the interpreter's, dots for I/O, lines for a zombie. */
const TEXTURES: Readonly<Partial<Record<LaneState, readonly ('/' | '\\' | '-' | '.')[]>>> = {
  lock: ['/'],
  interpreter: ['/', '\\'],
  io: ['.'],
  zombie: ['-'],
};

const DOT_PIXELS = 6;
const LINE_PIXELS = 4;

function texture(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  wide: number,
  ink: string,
  state: LaneState,
): void {
  const strokes = TEXTURES[state];
  if (strokes === undefined) return;
  const high = LANE_HEIGHT - 6;
  context.save();
  context.beginPath();
  context.rect(left, top, wide, high);
  context.clip();
  context.strokeStyle = ink;
  context.globalAlpha = 0.35;
  context.beginPath();
  for (const stroke of strokes) {
    if (stroke === '-')
      for (let y = top + LINE_PIXELS / 2; y < top + high; y += LINE_PIXELS) {
        context.moveTo(left, y);
        context.lineTo(left + wide, y);
      }
    else if (stroke === '.')
      for (let y = top + 3; y < top + high; y += DOT_PIXELS)
        for (let x = left + 2; x < left + wide; x += DOT_PIXELS) context.rect(x, y, 2, 2);
    else
      for (let x = left - high; x < left + wide; x += 7) {
        context.moveTo(x, stroke === '/' ? top + high : top);
        context.lineTo(x + high, stroke === '/' ? top : top + high);
      }
  }
  context.stroke();
  context.restore();
}
