/** One packet of the ladder: its arrow, where it was dropped, what it acknowledges selectively, and the timers that run beside it. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import { dropPlace } from '@netarium/view/ladder/drop-place.ts';
import type { LadderRow } from '@netarium/view/ladder/ladder.ts';
import { rowClass } from '@netarium/view/ladder/row-class.ts';
import { sackTicks } from '@netarium/view/ladder/sack.ts';
import { type BarPart, timerLetters } from '@netarium/view/ladder/timer-bars.ts';
import { textWidth } from './canvas.ts';
import { useMessages } from './context.tsx';
import { secondsText } from './time-text.ts';

export const ROW_HEIGHT = 38;
export const TIME_WIDTH = 110;
/** From the last host that had it to a packet's cross, twice, where nobody knows the next. */
export const FAR = 90;
const SAYING = 9;
const TOP = 16;
const BOTTOM = 30;
/** How far down in a row its packet leaves. */
export const LEAD = TOP / ROW_HEIGHT;
const SACK_WIDTH = 72;
/** From one timer to the next beside a lifeline. */
const TIMER_STEP = 7;
/** As the style sheet has it. */
const SAYING_FONT = '11px system-ui, sans-serif';

export interface LadderRowProps {
  readonly row: LadderRow;
  readonly text: string;
  readonly columns: ReadonlyMap<string, number>;
  readonly width: number;
  readonly timers: readonly BarPart[];
  onTimer(part: BarPart): void;
}

export function LadderArrow({ row, text, columns, width, timers, onTimer }: LadderRowProps) {
  const from = row.from === undefined ? undefined : columns.get(row.from);
  const ends = row.arrivals.map(({ host }) => columns.get(host)).filter((x) => x !== undefined);
  const drops = row.drops.map((drop) => ({ drop, x: dropPlace(drop, from, columns, FAR) ?? TIME_WIDTH }));
  const far = ends.at(-1) ?? drops[0]?.x ?? from ?? TIME_WIDTH;
  const left = Math.min(from ?? far, far);
  const beside = timers.filter(({ bar }) => columns.get(bar.host) === left).map(({ lane }) => lane);
  const free = left + 8 + TIMER_STEP * (1 + Math.max(-1, ...beside));
  // What would not end inside of the picture begins so much earlier.
  const sayingAt = Math.max(TIME_WIDTH, Math.min(free, width - textWidth(text, SAYING_FONT)));
  const again = row.cause === 'retransmission';
  const kind = row.drops.length > 0 ? 'lost' : again ? 'again' : '';
  return (
    <svg
      className={`arrow class-${rowClass(row)} ${kind}`}
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
      {timers.map((part) => (
        <Timer
          key={`${part.bar.host} ${part.bar.fromNs} ${part.lane}`}
          part={part}
          columns={columns}
          onTimer={onTimer}
        />
      ))}
      {ends.map((to) =>
        from === undefined || from === to ? (
          <circle key={to} cx={to} cy={BOTTOM} r={3} />
        ) : (
          <g key={to}>
            <line className="shaft" x1={from} y1={TOP} x2={to} y2={BOTTOM} />
            {again && <line className="shaft" x1={from} y1={TOP + 3} x2={to} y2={BOTTOM + 3} />}
            <path d={`M${to},${BOTTOM} l${from < to ? -8 : 8},-5 l0,8 z`} />
          </g>
        ),
      )}
      {drops.map(({ drop, x }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: drops have no names
        <g key={i} className="cross">
          {from !== undefined && from !== x && <line className="shaft dashed" x1={from} y1={TOP} x2={x} y2={BOTTOM} />}
          <path d={`M${x - 5},${BOTTOM - 5} l10,10 m0,-10 l-10,10`} />
          <text x={x + 9} y={BOTTOM + 6}>
            {drop.reason}
          </text>
        </g>
      ))}
      <text className="saying" x={sayingAt} y={SAYING}>
        {text}
      </text>
      <Sack row={row} at={sayingAt} />
    </svg>
  );
}

/** The bytes behind the acknowledgement as a line, with the parts that have arrived thick: what is thin is missing. */
function Sack({ row, at }: { readonly row: LadderRow; readonly at: number }) {
  const m = useMessages();
  const ticks = sackTicks(row);
  if (ticks === undefined) return null;
  const y = ROW_HEIGHT - 3;
  return (
    <g className="sack">
      <title>{m.sackTitle(ticks.bytes)}</title>
      {ticks.blocks.length > 0 && <line className="gap" x1={at} y1={y} x2={at + SACK_WIDTH} y2={y} />}
      {ticks.blocks.map(([from, to]) => (
        <rect
          key={from}
          x={at + from * SACK_WIDTH}
          y={y - 3}
          width={Math.max(2, (to - from) * SACK_WIDTH)}
          height={5}
        />
      ))}
      {ticks.duplicate !== undefined && <path className="duplicate" d={`M${at - 6},${y - 4} v7 m3,-7 v7`} />}
    </g>
  );
}

interface TimerProps {
  readonly part: BarPart;
  readonly columns: ReadonlyMap<string, number>;
  onTimer(part: BarPart): void;
}

function Timer({ part, columns, onTimer }: TimerProps) {
  const m = useMessages();
  const { bar, lane, top, bottom, begins, ends } = part;
  const column = columns.get(bar.host);
  if (column === undefined) return null;
  const x = column + 5 + lane * TIMER_STEP;
  const [from, to] = [top * ROW_HEIGHT, bottom * ROW_HEIGHT];
  const name = m.timerNames[bar.timer] ?? bar.timer;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the machine's list of timers has a button for each
    <g
      className={`timer timer-${bar.timer}`}
      onClick={(event) => {
        event.stopPropagation();
        onTimer(part);
      }}
    >
      <title>{m.timerTitle(name, formatDuration(bar.untilNs - bar.setNs), m.timerEnds[bar.end])}</title>
      <rect className="catch" x={x - 2} y={from} width={7} height={Math.max(1, to - from)} />
      <rect x={x} y={from} width={3} height={Math.max(1, to - from)} />
      {begins && <rect x={x - 1} y={from} width={5} height={1.5} />}
      {begins && (
        <text x={x + 6} y={Math.min(ROW_HEIGHT - 1, from + 8)}>
          {timerLetters(bar)}
        </text>
      )}
      {ends && bar.end === 'expired' && <path d={`M${x - 3},${to - 6} h9 l-4.5,6 z`} />}
      {ends && bar.end === 'stopped' && <rect x={x - 1} y={to - 1.5} width={5} height={1.5} />}
    </g>
  );
}
