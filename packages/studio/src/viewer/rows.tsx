/**
 * A list of any length as a grid: only the rows on the screen exist, and as the list moves they change their text and not themselves. Rows are of one height,
 * so where one stands is a product: a million of them cost nothing. A step of time draws only the rows that it changes. Arrow keys move the chosen row.
 */
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useView } from './context.tsx';
import { useSize } from './use-size.ts';

export interface RowsProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  /** The chosen row; -1 for none. */
  readonly chosen: number;
  /** The row that stays in sight; -1 for none. */
  readonly inSight: number;
  readonly head?: ReactNode;
  onChoose(index: number): void;
  /** The right button on a row. */
  onMenu?(index: number, event: MouseEvent): void;
  /** What a row shows; has to be the same function as long as all rows show the same. */
  readonly row: (index: number) => ReactNode;
  rowClass?(index: number): string;
}

/** Rows beyond both ends of what is seen. */
const BEYOND = 8;
/** A picture of a list has so many around the one in sight: nobody looks through more, and no canvas is much higher. */
const PICTURED = 500;
/** No browser draws an element that is much higher (Firefox ends at 17.9 million pixels): longer lists go by in larger steps. */
const MOST_PIXELS = 16_000_000;

/** The scroller's place in a list: what the scroll bar says, in pixels, and the pixels of rows above the first that is seen. */
function geometry(count: number, rowHeight: number, height: number) {
  const whole = count * rowHeight;
  const drawn = Math.min(whole, MOST_PIXELS);
  const stretch = drawn > height ? (whole - height) / (drawn - height) : 1;
  return {
    drawn,
    above: (scrolled: number): number => scrolled * stretch,
    /** Where to scroll so that a row is seen; not at all where it is. */
    showing(index: number, scrolled: number): number {
      const above = scrolled * stretch;
      const top = index * rowHeight;
      if (top < above) return Math.floor(top / stretch);
      return top + rowHeight > above + height ? Math.ceil((top + rowHeight - height) / stretch) : scrolled;
    },
    clamped: (scrolled: number): number => Math.max(0, Math.min(scrolled, drawn - height)),
  };
}

/** Scrolls to a row when it becomes the one to be seen, and leaves the person alone otherwise. */
function useScroll(count: number, rowHeight: number, inSight: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const { height } = useSize(scroller);
  const places = geometry(count, rowHeight, height);
  const [place, setPlace] = useState({ scrolled: 0, shown: -1 });
  const wanted = height > 0 && inSight < count ? inSight : -1;
  let scrolled = places.clamped(place.scrolled);
  if (wanted !== place.shown) {
    if (wanted >= 0) scrolled = places.showing(wanted, scrolled);
    setPlace({ scrolled, shown: wanted });
  }
  const real = useRef(0);
  useLayoutEffect(() => {
    if (height === 0 || real.current === scrolled) return;
    scroller.current!.scrollTop = scrolled;
    real.current = scrolled;
  }, [scrolled, height]);
  const onScroll = (): void => {
    real.current = scroller.current!.scrollTop;
    setPlace((before) => ({ ...before, scrolled: real.current }));
  };
  return { scroller, onScroll, height, places, scrolled };
}

export function Rows({ count, rowHeight, label, chosen, inSight, head, onChoose, onMenu, row, rowClass }: RowsProps) {
  const { scroller, onScroll, height, places, scrolled } = useScroll(count, rowHeight, inSight);
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    if (step === undefined || count === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(Math.min(count - 1, Math.max(0, chosen + step)));
  };
  const last = useRef({ onChoose, onMenu });
  last.current = { onChoose, onMenu };
  const choose = useCallback((index: number): void => last.current.onChoose(index), []);
  const menu = useCallback((index: number, event: MouseEvent): void => last.current.onMenu?.(index, event), []);
  const picturing = useView((state) => state.picturing);
  const above = places.above(scrolled);
  const top = (index: number): number => scrolled + index * rowHeight - above;
  const seen = picturing ? Math.min(count, PICTURED) : Math.ceil(height / rowHeight) + 1 + 2 * BEYOND;
  const first = picturing
    ? Math.max(0, Math.min(count - seen, inSight - Math.floor(seen / 2)))
    : Math.max(0, Math.floor(above / rowHeight) - BEYOND);
  const indices = height === 0 ? [] : Array.from({ length: Math.min(seen, count - first) }, (_, i) => first + i);
  return (
    <div className="rows">
      {head}
      <div
        ref={scroller}
        className="scroller"
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={chosen >= 0 ? `${label}-${chosen}` : undefined}
        onKeyDown={keys}
        onScroll={onScroll}
        data-whole={picturing && seen < count ? `${first + 1}–${first + seen} / ${count}` : ''}
        data-from={picturing ? top(first) : undefined}
        data-to={picturing ? top(first + seen) : undefined}
      >
        <div role="presentation" style={{ height: places.drawn, position: 'relative' }}>
          {indices.map((index) => (
            <Row
              key={index % seen}
              id={`${label}-${index}`}
              index={index}
              count={count}
              top={top(index)}
              height={rowHeight}
              chosen={index === chosen}
              kind={rowClass?.(index) ?? ''}
              row={row}
              onChoose={choose}
              onMenu={menu}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps extends Pick<RowsProps, 'count' | 'row' | 'onChoose'> {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly chosen: boolean;
  readonly kind: string;
  onMenu(index: number, event: MouseEvent): void;
}

const Row = memo(function Row(props: RowProps) {
  const { id, index, count, top, height, chosen, kind, row, onChoose, onMenu } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the listbox's
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names its active row
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={count}
      className={`row ${kind}`}
      style={{ transform: `translateY(${top}px)`, height }}
      onClick={() => onChoose(index)}
      onContextMenu={(event) => onMenu(index, event)}
    >
      <Content row={row} index={index} />
    </div>
  );
});

/** Of a row that is chosen, or left behind by time, the text stays. */
const Content = memo(({ row, index }: Pick<RowProps, 'row' | 'index'>) => row(index));
