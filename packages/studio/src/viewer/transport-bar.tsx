/** The bar at the bottom: steps, play, speed, the instant, and a slider with marks for what is worth a stop. */
import { keyText } from '@netarium/view/commands/key-text.ts';
import { textIn } from '@netarium/view/language.ts';
import { instantFrom } from '@netarium/view/timeline/instant-text.ts';
import { type MarkPlace, markPlaces } from '@netarium/view/timeline/mark-places.ts';
import { momentsOf } from '@netarium/view/timeline/moments.ts';
import { MARK_KINDS } from '@netarium/view/timeline/timeline.ts';
import { type ChangeEvent, type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { COMMANDS, type CommandId } from './commands.ts';
import { useMessages, useShared, useView, useViewer } from './context.tsx';
import { Icon, type IconName } from './icons.tsx';
import { SPEEDS_NS } from './state.ts';
import { secondsText, speedText } from './time-text.ts';
import { usePalette } from './time-track.tsx';
import { useSize } from './use-size.ts';

/** Marks closer than this fall together. */
const MARK_PIXELS = 3;
const SLIDER_STEPS = 100_000;

/** From left to right. */
const BUTTONS = [
  ['start', 'start'],
  ['stop-back', 'markBack'],
  ['event-back', 'eventBack'],
  ['hop-back', 'hopBack'],
  ['play', 'play'],
  ['hop-forward', 'hopForward'],
  ['event-forward', 'eventForward'],
  ['stop-forward', 'markForward'],
] as const satisfies readonly (readonly [CommandId, IconName])[];

export function TransportBar() {
  const shared = useShared();
  const { model, store } = shared;
  const m = useMessages();
  const begins = useView((state) => model.begins(state));
  const scale = useView((state) => state.scale);
  const playing = useView((state) => state.playing);
  const nsPerSecond = useView((state) => state.nsPerSecond);
  return (
    <section className="transport" aria-label={m.transport} data-part="transport">
      <div className="buttons">
        {BUTTONS.map(([id, icon]) => {
          const plays = id === 'play';
          const name = plays ? (playing ? m.pause : m.play) : m.command[id];
          const { keys, run } = COMMANDS.find((command) => command.id === id)!;
          return (
            <button
              key={id}
              type="button"
              className={plays ? `play ${begins ? 'next' : ''}` : ''}
              onClick={() => run(shared, '')}
              aria-label={name}
              title={`${name} (${keyText(keys[0]!, m.keyNames)})`}
            >
              <Icon name={plays && playing ? 'pause' : icon} />
            </button>
          );
        })}
      </div>
      <TimeBox />
      <label className="select">
        <span>{m.speed}</span>
        <select value={nsPerSecond} onChange={(e) => store.set({ nsPerSecond: Number(e.target.value) })}>
          {SPEEDS_NS.map((speed) => (
            <option key={speed} value={speed}>
              {m.speedText(speedText(speed))}
            </option>
          ))}
        </select>
      </label>
      <label className="select">
        <span>{m.scale}</span>
        <select value={scale} onChange={(e) => store.set({ scale: e.target.value === 'events' ? 'events' : 'time' })}>
          <option value="time">{m.scales.time}</option>
          <option value="events">{m.scales.events}</option>
        </select>
      </label>
      <Moments />
      <Slider />
    </section>
  );
}

/** The slider's marks by their names, for who does not see them or cannot hit them. */
function Moments() {
  const { model, store } = useShared();
  const m = useMessages();
  const language = useView((state) => state.language);
  const moments = useMemo(() => momentsOf(model.recording, model.timeline()), [model]);
  const { length } = model.timeline().marks;
  if (length === 0) return null;
  return (
    <label className="select moments">
      <span className="hidden">{m.moments}</span>
      <select value="" onChange={(e) => store.set({ nowNs: Number(e.target.value), playing: false })}>
        <option value="">{m.momentsChoose(length)}</option>
        {moments.map(({ mark, text }) => (
          <option key={`${mark.kind} ${mark.atNs} ${mark.index}`} value={mark.atNs}>
            {secondsText(mark.atNs)} {m.marks[mark.kind]}
            {text === undefined ? '' : `: ${textIn(text, language)}`}
          </option>
        ))}
        {length > moments.length && <option disabled>{m.andMore(length - moments.length)}</option>}
      </select>
    </label>
  );
}

function TimeBox() {
  const { m, model, state, store } = useViewer();
  const [text, setText] = useState<string>();
  const [wrong, setWrong] = useState('');
  const shown = text ?? secondsText(state.nowNs);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const ns = instantFrom(shown);
    if (ns === undefined || ns < 0 || ns > model.recording.endNs) {
      setWrong(m.badTime(shown));
      return;
    }
    store.set({ nowNs: ns, playing: false });
    setText(undefined);
    setWrong('');
  };
  return (
    <form className="time-box" onSubmit={submit}>
      <label>
        <span className="hidden">{m.timeBox}</span>
        <input
          id="time-box"
          value={shown}
          aria-invalid={wrong !== ''}
          onChange={(e) => setText(e.target.value)}
          onBlur={() => {
            setText(undefined);
            setWrong('');
          }}
        />
        <span aria-hidden="true"> / {secondsText(model.recording.endNs)} s</span>
      </label>
      <span role="alert" className="wrong">
        {wrong}
      </span>
    </form>
  );
}

function Slider() {
  const { m, model, state, store } = useViewer();
  const timeline = model.timeline();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(canvas);
  const { scale } = state;
  const marks = useMemo(() => markPlaces(timeline, scale, width, MARK_PIXELS), [timeline, scale, width]);
  const palette = usePalette();
  const flags = useMemo(
    () => state.bookmarks.map(({ atNs }) => timeline.position(atNs, scale) * width),
    [state.bookmarks, timeline, scale, width],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are the canvas's style, which is read while drawing
  useEffect(() => drawMarks(canvas.current!, width, marks, flags), [width, marks, flags, palette]);
  const move = (e: ChangeEvent<HTMLInputElement>): void =>
    store.set({ nowNs: timeline.at(Number(e.target.value) / SLIDER_STEPS, scale), playing: false });
  return (
    <div className="slider">
      <div aria-hidden="true">
        <canvas ref={canvas} />
      </div>
      <input
        type="range"
        min={0}
        max={SLIDER_STEPS}
        step={1}
        aria-label={m.slider}
        aria-valuetext={`${secondsText(state.nowNs)} s`}
        value={Math.round(timeline.position(state.nowNs, scale) * SLIDER_STEPS)}
        onChange={move}
      />
    </div>
  );
}

const MARK_TOKENS = {
  drop: '--error',
  retransmission: '--tcp',
  wait: '--icmp',
  check: '--application',
  command: '--link',
  story: '--muted',
} as const;

/** Of a kind's row, and of all of them. */
const MARK_HEIGHT = 3;
const MARKS_HEIGHT = MARK_HEIGHT * MARK_KINDS.length;

function drawMarks(
  canvas: HTMLCanvasElement,
  width: number,
  marks: readonly MarkPlace[],
  flags: readonly number[],
): void {
  const scale = window.devicePixelRatio;
  canvas.width = Math.max(1, width * scale);
  canvas.height = MARKS_HEIGHT * scale;
  const draw = canvas.getContext('2d')!;
  draw.scale(scale, scale);
  draw.clearRect(0, 0, width, MARKS_HEIGHT);
  const style = getComputedStyle(canvas);
  for (const { mark, x } of marks) {
    draw.fillStyle = style.getPropertyValue(MARK_TOKENS[mark.kind]);
    // A row of its own for each kind, so that no mark hides another.
    draw.fillRect(Math.min(x, width - 2), MARK_KINDS.indexOf(mark.kind) * MARK_HEIGHT, 2, MARK_HEIGHT);
  }
  draw.fillStyle = style.getPropertyValue('--text');
  for (const x of flags) {
    // A flag on its pole: over all kinds of marks, and no colour alone.
    const left = Math.min(x, width - 8);
    draw.fillRect(left, 0, 1.5, MARKS_HEIGHT);
    draw.beginPath();
    draw.moveTo(left, 0);
    draw.lineTo(left + 8, 3.5);
    draw.lineTo(left, 7);
    draw.fill();
  }
}
