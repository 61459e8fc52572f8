/** A list of any length as a grid: only the rows on the screen exist. Arrow keys move the chosen row. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';

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
  row(index: number): ReactNode;
  rowClass?(index: number): string;
}

export function Rows({ count, rowHeight, label, chosen, inSight, head, onChoose, row, rowClass }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    useFlushSync: false,
  });
  useEffect(() => {
    if (inSight >= 0 && inSight < count) virtual.scrollToIndex(inSight, { align: 'auto' });
  }, [inSight, count, virtual]);
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20 }[event.key];
    if (step === undefined || count === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(Math.min(count - 1, Math.max(0, chosen + step)));
  };
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
      >
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the listbox's
            // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus, and names its active row
            <div
              key={index}
              id={`${label}-${index}`}
              role="option"
              aria-selected={index === chosen}
              aria-posinset={index + 1}
              aria-setsize={count}
              className={`row ${rowClass?.(index) ?? ''}`}
              style={{ transform: `translateY(${start}px)`, height: rowHeight }}
              onClick={() => onChoose(index)}
            >
              {row(index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
