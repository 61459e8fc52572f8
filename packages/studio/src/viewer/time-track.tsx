/** A picture over time that lanes and curves share: the cursor at this instant, a marked area, dragging, zooming. What is drawn in it is the caller's. */
import { Axis, areaFrom, areaTo } from '@netarium/view/timeline/axis.ts';
import {
  memo,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type Colors, type Drawing, drawingOn } from './canvas.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { useSize } from './use-size.ts';

export function useAxis(): Axis {
  const { model } = useShared();
  const scale = useView((state) => state.scale);
  const span = useView((state) => state.span);
  return useMemo(() => new Axis(model.timeline(), scale, span), [model, scale, span]);
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
  /** Lies over the picture; drawn anew when it is another function, not as time goes on. */
  readonly children?: (x: (atNs: number) => number) => ReactNode;
}

/** Pointers that moved less were a click. */
const CLICK_PIXELS = 4;

export const TimeTrack = memo(function TimeTrack(props: TimeTrackProps) {
  const { axis, left, right, height, label, draw, children } = props;
  const { store } = useShared();
  const area = useView((state) => state.area);
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
    const wanted = { fromNs: axis.at(Math.min(a, b)), toNs: axis.at(Math.max(a, b)) };
    if (wanted.fromNs < wanted.toNs) store.set({ area: wanted });
  };
  const x = (atNs: number): number => left + axis.part(atNs) * across;
  const marked =
    dragged !== undefined
      ? {
          from: left + Math.min(dragged.from, dragged.to) * across,
          to: left + Math.max(dragged.from, dragged.to) * across,
        }
      : area === undefined
        ? undefined
        : { from: Math.max(left, x(area.fromNs)), to: Math.min(left + across, x(area.toNs)) };
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
      <Cursor axis={axis} left={left} across={across} />
      {width > 0 && children?.(x)}
    </div>
  );
});

/** The instant in the picture. */
function Cursor({ axis, left, across }: Pick<TimeTrackProps, 'axis' | 'left'> & { readonly across: number }) {
  const now = useView(({ nowNs }) => axis.part(nowNs));
  if (now < 0 || now > 1) return null;
  return <div className="cursor" style={{ transform: `translateX(${left + now * across}px)` }} />;
}

/** Everything that the pointer does, as buttons. `whole`: what is shown where nobody chose a part, if that is not the whole run. */
export function SpanBar({ axis, whole }: { readonly axis: Axis; readonly whole?: string }) {
  const { model, store } = useShared();
  const m = useMessages();
  const { endNs } = model.recording;
  const area = useView((state) => state.area);
  const spanned = useView((state) => state.span !== undefined);
  const atStart = useView(({ nowNs }) => nowNs <= 0);
  const atEnd = useView(({ nowNs }) => nowNs >= endNs);
  const now = (): number => store.get().nowNs;
  const zoom = (factor: number): void =>
    store.set({ span: axis.zoomed(factor, Math.min(1, Math.max(0, axis.part(now())))) });
  return (
    <div className="choices span-bar" role="toolbar" aria-label={m.span}>
      <button type="button" title={`${m.zoomIn} (w)`} onClick={() => zoom(0.5)}>
        {m.zoomIn}
      </button>
      <button type="button" title={`${m.zoomOut} (s)`} onClick={() => zoom(2)}>
        {m.zoomOut}
      </button>
      <button type="button" disabled={!spanned} onClick={() => store.set({ span: undefined })}>
        {whole ?? m.showAll}
      </button>
      <button type="button" disabled={atEnd} onClick={() => store.set({ area: areaFrom(area, now(), endNs) })}>
        {m.areaFrom}
      </button>
      <button type="button" disabled={atStart} onClick={() => store.set({ area: areaTo(area, now()) })}>
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
