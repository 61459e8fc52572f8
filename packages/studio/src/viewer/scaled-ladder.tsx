/** The ladder in linear time: arrows slant by their delay, timers are as long as they ran. The wheel moves it, with Ctrl it zooms. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import type { DrawnLadder } from '@netarium/view/ladder/drawn-ladder.ts';
import { dropPlace } from '@netarium/view/ladder/drop-place.ts';
import { type Ladder, rowText } from '@netarium/view/ladder/ladder.ts';
import { rowClass } from '@netarium/view/ladder/row-class.ts';
import { type Beside, besideWithin, timerLetters } from '@netarium/view/ladder/timer-bars.ts';
import { type ScaledRow, shortText } from '@netarium/view/ladder/to-scale.ts';
import { Axis } from '@netarium/view/timeline/axis.ts';
import { type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef } from 'react';
import { useMessages, useShared, useViewer } from './context.tsx';
import { FAR, TIME_WIDTH } from './ladder-row.tsx';
import { useMenuOn } from './menu.tsx';
import { secondsText } from './time-text.ts';
import { SpanBar } from './time-track.tsx';
import { useSize } from './use-size.ts';

const TEXT_PIXELS = 13;
/** Hosts that stand closer have no room for two texts between them. */
const CLOSE_PIXELS = 210;
const TICKS = 6;
const TIMER_STEP = 6;
/** More arrows, or timers, than these nobody tells apart; in a picture that moves with the instant they also take too long to draw. */
const MOST = 240;
const MOST_MOVING = 60;

export interface ScaledProps {
  readonly ladder: DrawnLadder;
  readonly columns: ReadonlyMap<string, number>;
  readonly width: number;
  readonly chosen: number;
  onChoose(index: number): void;
}

export function ScaledPane({ ladder, columns, width, chosen, onChoose }: ScaledProps) {
  const { m, model, state, store } = useViewer();
  const frame = useRef<HTMLDivElement>(null);
  const { height } = useSize(frame);
  const { rows } = ladder;
  const scaled = ladder.scaled();
  const lanes = ladder.lanes();
  const { endNs } = model.recording;
  const close = (width - TIME_WIDTH) / Math.max(1, columns.size) < CLOSE_PIXELS;
  const most = state.span === undefined ? MOST_MOVING : MOST;
  const span = state.span ?? scaled.around(state.nowNs, endNs);
  const { fromNs, toNs } = span;
  const axis = useMemo(() => new Axis(model.timeline(), 'time', { fromNs, toNs }), [model, fromNs, toNs]);
  const shown = useMemo(
    () => scaled.within({ fromNs, toNs }, { textPart: TEXT_PIXELS / Math.max(1, height), close, chosen, most }),
    [scaled, fromNs, toNs, height, close, chosen, most],
  );
  const y = useCallback((atNs: number): number => axis.part(atNs) * height, [axis, height]);
  useEffect(() => {
    const element = frame.current!;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const part = (event.clientY - element.getBoundingClientRect().top) / Math.max(1, element.clientHeight);
      const factor = event.deltaY < 0 ? 0.8 : 1.25;
      store.set({ span: event.ctrlKey ? axis.zoomed(factor, part) : axis.moved(event.deltaY < 0 ? -0.1 : 0.1) });
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [axis, store]);
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || rows.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(Math.min(rows.length - 1, Math.max(0, chosen + step)));
  };
  const running = useMemo(() => besideWithin(lanes, { fromNs, toNs }, most), [lanes, fromNs, toNs, most]);
  const last = useRef(onChoose);
  last.current = onChoose;
  const choose = useCallback((index: number): void => last.current(index), []);
  return (
    <>
      <SpanBar axis={axis} whole={m.aroundInstant} />
      {shown.leftOut > 0 && <p className="meta">{m.andMore(shown.leftOut)}</p>}
      <div
        ref={frame}
        className="scaled"
        role="listbox"
        aria-label={m.panes.ladder}
        tabIndex={0}
        aria-activedescendant={shown.rows.some(({ index }) => index === chosen) ? `scaled-${chosen}` : undefined}
        onKeyDown={keys}
      >
        <svg width={width} height={height} role="presentation">
          {Array.from({ length: TICKS }, (_, i) => axis.at((i + 0.5) / TICKS)).map((atNs) => (
            <g key={atNs} className="tick">
              <line x1={TIME_WIDTH - 10} y1={y(atNs)} x2={width} y2={y(atNs)} />
              <text x={8} y={y(atNs) + 4}>
                {secondsText(atNs)}
              </text>
            </g>
          ))}
          {[...columns].map(([host, x]) => (
            <line key={host} className="life" x1={x} y1={0} x2={x} y2={height} />
          ))}
          <Timers running={running} all={model.recording.ladder} columns={columns} y={y} />
          <Arrows
            shown={shown.rows}
            numbers={state.numbers}
            columns={columns}
            chosen={chosen}
            y={y}
            onChoose={choose}
          />
          {state.nowNs >= fromNs && state.nowNs <= toNs && (
            <line className="instant" x1={0} y1={y(state.nowNs)} x2={width} y2={y(state.nowNs)} />
          )}
        </svg>
      </div>
    </>
  );
}

interface ArrowsProps extends Omit<ArrowProps, 'scaled' | 'chosen' | 'menuOn'> {
  readonly shown: readonly ScaledRow[];
  readonly chosen: number;
}

/** Drawn anew when the part of the run is another one, not at every instant in it. */
const Arrows = memo(function Arrows({ shown, chosen, onChoose, ...common }: ArrowsProps) {
  const menuOn = useMenuOn();
  const ordered = inOrder(shown, chosen);
  return (
    <>
      {ordered.map((each) => (
        <ScaledArrow
          key={each.index}
          {...common}
          scaled={each}
          chosen={each.index === chosen}
          onChoose={onChoose}
          menuOn={menuOn}
        />
      ))}
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus */}
      <g aria-hidden="true">
        {ordered.map((each) => (
          <ScaledTexts key={each.index} {...common} scaled={each} chosen={each.index === chosen} />
        ))}
      </g>
    </>
  );
});

/** What people look for lies on top: what was lost or sent again, then what is chosen, which is always told. */
function inOrder(shown: readonly ScaledRow[], chosen: number): readonly ScaledRow[] {
  const rank = ({ index, row }: ScaledRow): number =>
    index === chosen ? 2 : row.drops.length > 0 || row.cause === 'retransmission' ? 1 : 0;
  return [...shown].sort((a, b) => rank(a) - rank(b));
}

interface ArrowProps {
  readonly scaled: ScaledRow;
  readonly numbers: 'relative' | 'absolute';
  readonly columns: ReadonlyMap<string, number>;
  readonly chosen: boolean;
  y(atNs: number): number;
  onChoose(index: number): void;
  menuOn: ReturnType<typeof useMenuOn>;
}

/** Where an arrow lies on the picture. */
function shapeOf({ row, lines, drops }: ScaledRow, columns: ReadonlyMap<string, number>, y: (atNs: number) => number) {
  const from = row.from === undefined ? undefined : columns.get(row.from);
  const last = lines.at(-1);
  const tip = last === undefined ? undefined : columns.get(last.to.host);
  const back = last !== undefined && (columns.get(last.from.host) ?? 0) > (tip ?? 0);
  const crosses = drops.flatMap((drop) => {
    const x = dropPlace(drop, from, columns, FAR);
    return x === undefined ? [] : [{ drop, x, at: y(drop.atNs) }];
  });
  return { from, last, tip, back, crosses };
}

function ScaledArrow({ scaled, numbers, columns, y, chosen, onChoose, menuOn }: ArrowProps) {
  const { index, row, lines, drops } = scaled;
  const { from, last, tip, back, crosses } = shapeOf(scaled, columns, y);
  const kind = drops.length > 0 ? 'lost' : row.cause === 'retransmission' ? 'again' : '';
  return (
    <g
      id={`scaled-${index}`}
      role="option"
      aria-selected={chosen}
      aria-label={`${secondsText(row.fromNs)} ${row.from ?? ''} ${rowText(row, numbers)}`}
      className={`arrow class-${rowClass(row)} ${kind}`}
      onClick={() => onChoose(index)}
      onContextMenu={(event) => menuOn(event, { kind: 'packet', packet: row.packet })}
    >
      {lines.map((line) => {
        const [x1, x2] = [columns.get(line.from.host), columns.get(line.to.host)];
        if (x1 === undefined || x2 === undefined) return null;
        const ends = { x1, y1: y(line.from.atNs), x2, y2: y(line.to.atNs) };
        return (
          <g key={`${line.from.host} ${line.to.host}`}>
            <line className="reach" {...ends} />
            <line className="shaft" {...ends} />
          </g>
        );
      })}
      {last !== undefined && tip !== undefined && <path d={`M${tip},${y(last.to.atNs)} l${back ? 8 : -8},-5 l0,9 z`} />}
      {crosses.map(({ drop, x, at }) => (
        <g key={`${drop.host} ${drop.atNs}`} className="cross">
          {from !== undefined && from !== x && (
            <line className="shaft dashed" x1={from} y1={y(row.fromNs)} x2={x} y2={at} />
          )}
          <path d={`M${x - 5},${at - 5} l10,10 m0,-10 l-10,10`} />
        </g>
      ))}
    </g>
  );
}

/** What there is room for; the label of the arrow says all of it. */
function ScaledTexts({ scaled, numbers, columns, y, chosen }: Omit<ArrowProps, 'onChoose' | 'menuOn'>) {
  const { row, told } = scaled;
  const { from, back, crosses } = shapeOf(scaled, columns, y);
  return (
    <g className={`arrow texts ${chosen ? 'chosen' : ''}`}>
      {crosses.map(({ drop, x, at }) => (
        <g key={`${drop.host} ${drop.atNs}`} className="cross">
          <text x={x + 9} y={at + 4}>
            {drop.reason}
          </text>
        </g>
      ))}
      {told && from !== undefined && (
        <text
          className="saying"
          x={back ? from - 8 : from + 8}
          y={y(row.fromNs) - 3}
          textAnchor={back ? 'end' : 'start'}
        >
          {shortText(row, numbers)}
        </text>
      )}
    </g>
  );
}

interface TimersProps {
  readonly running: readonly Beside[];
  readonly all: Ladder;
  readonly columns: ReadonlyMap<string, number>;
  y(atNs: number): number;
}

const Timers = memo(function Timers({ running, all, columns, y }: TimersProps) {
  const { store } = useShared();
  const m = useMessages();
  return running.map(({ bar, lane }) => {
    const column = columns.get(bar.host);
    if (column === undefined) return null;
    const x = column + 4 + lane * TIMER_STEP;
    const [top, bottom] = [Math.max(-4, y(bar.fromNs)), Math.min(20_000, y(bar.endNs))];
    const size = { y: top, height: Math.max(1, bottom - top) };
    const name = m.timerNames[bar.timer] ?? bar.timer;
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the machine's list of timers has a button for each
      <g
        key={`${bar.host} ${bar.slot} ${bar.local} ${bar.fromNs}`}
        className={`timer timer-${bar.timer}`}
        onClick={() => store.set({ explained: `timer.${all.timers.indexOf(bar)}` })}
      >
        <title>{m.timerTitle(name, formatDuration(bar.untilNs - bar.setNs), m.timerEnds[bar.end])}</title>
        <rect className="catch" x={x - 2} width={7} {...size} />
        <rect x={x} width={3} {...size} />
        {top >= 0 && (
          <text x={x + 5} y={top + 9}>
            {timerLetters(bar)}
          </text>
        )}
      </g>
    );
  });
});
