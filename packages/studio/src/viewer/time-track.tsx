/** A picture over time that lanes and curves share: the cursor at this instant, a marked area, dragging, zooming. What is drawn in it is the caller's. */
import { Axis } from '@netarium/view/timeline/axis.ts';
import { type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { type Colors, type Drawing, drawingOn } from './canvas.ts';
import { useView, useViewer } from './context.tsx';
import { useSize } from './use-size.ts';

export function useAxis(): Axis {
  const { model, state } = useViewer();
  return useMemo(() => new Axis(model.timeline(), state.scale, state.span), [model, state.scale, state.span]);
}

const DARK = '(prefers-color-scheme: dark)';

/** Changes whenever the page's colours do. */
export function usePalette(): string {
  const theme = useView((state) => state.theme);
  const dark = useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(DARK);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => window.matchMedia(DARK).matches,
  );
  return `${theme} ${dark}`;
}

export interface TimeTrackProps {
  readonly axis: Axis;
  /** Room for names and scales beside the picture, in pixels. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly label: string;
  /** Draws everything but cursor and area; has to be the same function as long as the picture is the same. */
  readonly draw: (drawing: Drawing, x: (atNs: number) => number) => void;
  readonly children?: (x: (atNs: number) => number) => ReactNode;
}

/** Pointers that moved less were a click. */
const CLICK_PIXELS = 4;

export function TimeTrack({ axis, left, right, height, label, draw, children }: TimeTrackProps) {
  const { state, store } = useViewer();
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width } = useSize(frame);
  const palette = usePalette();
  const across = Math.max(1, width - left - right);
  const [dragged, setDragged] = useState<{ readonly from: number; readonly to: number }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are the canvas's style, which is read while drawing
  useEffect(() => {
    if (width === 0) return;
    const colors: Colors = new Map();
    draw(drawingOn(canvas.current!, { width, height }, colors), (atNs) => left + axis.part(atNs) * across);
  }, [axis, across, left, width, height, draw, palette]);
  useEffect(() => {
    const element = frame.current!;
    const zoom = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const part = (event.clientX - element.getBoundingClientRect().left - left) / across;
      store.set({ span: axis.zoomed(event.deltaY < 0 ? 0.8 : 1.25, Math.min(1, Math.max(0, part))) });
    };
    element.addEventListener('wheel', zoom, { passive: false });
    return () => element.removeEventListener('wheel', zoom);
  }, [axis, across, left, store]);
  const partOf = (event: PointerEvent): number => {
    const box = frame.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left - left) / across));
  };
  const begin = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const part = partOf(event);
    frame.current!.setPointerCapture(event.pointerId);
    setDragged({ from: part, to: part });
  };
  const move = (event: PointerEvent): void => {
    if (dragged !== undefined) setDragged({ from: dragged.from, to: partOf(event) });
  };
  const end = (event: PointerEvent): void => {
    if (dragged === undefined) return;
    const [a, b] = [dragged.from, partOf(event)];
    setDragged(undefined);
    if (Math.abs(a - b) * across < CLICK_PIXELS) {
      store.set({ nowNs: axis.at(b), playing: false });
      return;
    }
    const area = { fromNs: axis.at(Math.min(a, b)), toNs: axis.at(Math.max(a, b)) };
    if (area.fromNs < area.toNs) store.set({ area });
  };
  const x = (atNs: number): number => left + axis.part(atNs) * across;
  const marked =
    dragged !== undefined
      ? {
          from: left + Math.min(dragged.from, dragged.to) * across,
          to: left + Math.max(dragged.from, dragged.to) * across,
        }
      : state.area === undefined
        ? undefined
        : { from: Math.max(left, x(state.area.fromNs)), to: Math.min(left + across, x(state.area.toNs)) };
  const now = axis.part(state.nowNs);
  return (
    <div
      ref={frame}
      className="track"
      style={{ height }}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => setDragged(undefined)}
    >
      <canvas ref={canvas} role="img" aria-label={label} />
      {marked !== undefined && marked.to > marked.from && (
        <div className="marked" style={{ left: marked.from, width: marked.to - marked.from }} />
      )}
      {now >= 0 && now <= 1 && <div className="cursor" style={{ transform: `translateX(${x(state.nowNs)}px)` }} />}
      {width > 0 && children?.(x)}
    </div>
  );
}

/** Everything that the pointer does, as buttons. `whole`: what is shown where nobody chose a part, if that is not the whole run. */
export function SpanBar({ axis, whole }: { readonly axis: Axis; readonly whole?: string }) {
  const { m, model, state, store } = useViewer();
  const { area, nowNs } = state;
  const { endNs } = model.recording;
  const part = Math.min(1, Math.max(0, axis.part(nowNs)));
  return (
    <div className="choices span-bar" role="toolbar" aria-label={m.span}>
      <button type="button" title={`${m.zoomIn} (w)`} onClick={() => store.set({ span: axis.zoomed(0.5, part) })}>
        {m.zoomIn}
      </button>
      <button type="button" title={`${m.zoomOut} (s)`} onClick={() => store.set({ span: axis.zoomed(2, part) })}>
        {m.zoomOut}
      </button>
      <button type="button" disabled={state.span === undefined} onClick={() => store.set({ span: undefined })}>
        {whole ?? m.showAll}
      </button>
      <button
        type="button"
        disabled={nowNs >= endNs}
        onClick={() =>
          store.set({ area: { fromNs: nowNs, toNs: area !== undefined && area.toNs > nowNs ? area.toNs : endNs } })
        }
      >
        {m.areaFrom}
      </button>
      <button
        type="button"
        disabled={nowNs <= 0}
        onClick={() =>
          store.set({ area: { fromNs: area !== undefined && area.fromNs < nowNs ? area.fromNs : 0, toNs: nowNs } })
        }
      >
        {m.areaTo}
      </button>
      <button type="button" disabled={area === undefined} onClick={() => store.set({ span: area })}>
        {m.zoomArea}
      </button>
      <button type="button" disabled={area === undefined} onClick={() => store.set({ area: undefined })}>
        {m.noArea}
      </button>
    </div>
  );
}
