/** The rows that pass the filter, found slice by slice while the page stays alive. */
import { FilteredRows, filterOf, type PacketList } from '@netarium/view/packets/packet-list.ts';
import { PassingPackets } from '@netarium/view/packets/passing.ts';
import { useEffect, useMemo, useState } from 'react';
import { useShared, useView } from './context.tsx';

/** Packets that are looked at at a time. */
const SLICE = 64;
/** After so many milliseconds the page gets its turn: sooner for what nobody waits for. */
const TURN_MS = 8;
const IDLE_TURN_MS = 3;
/** After so many it shows what was found meanwhile. */
const SHOWN_MS = 100;

export interface Filtered {
  readonly rows: FilteredRows;
  /** Another number whenever there is more to show of them. */
  readonly version: number;
  /** What is wrong with the filter; empty where nothing is. */
  readonly problem: string;
}

/** Rows that pass; then, where somebody looks at all of them, what the conversations say of every row. */
export function useFiltered(list: PacketList, text: string, analyse = true): Filtered {
  const filter = useMemo(() => filterOf(text), [text]);
  const rows = useMemo(
    () => new FilteredRows(list, filter.ok && text !== '' ? filter : undefined),
    [list, filter, text],
  );
  const [version, turn] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let shownAt = 0;
    const analysed = (): boolean => !analyse || list.analysed;
    const advance = (): void => {
      const now = performance.now();
      const filtering = !rows.done;
      const empty = filtering && rows.length === 0;
      do {
        if (!rows.done) rows.advance(SLICE);
        else if (!analysed()) list.analyse(SLICE);
      } while (performance.now() < now + (filtering ? TURN_MS : IDLE_TURN_MS) && !(rows.done && analysed()));
      // Analysis shows only when it is there for every row.
      const found = filtering && (rows.done || (empty && rows.length > 0) || now > shownAt + SHOWN_MS);
      if (found || (analyse && list.analysed)) {
        shownAt = now;
        turn((before) => before + 1);
      }
      if (!rows.done || !analysed()) timer = setTimeout(advance, 0);
    };
    advance();
    return () => clearTimeout(timer);
  }, [rows, list, analyse]);
  return { rows, version, problem: filter.ok ? '' : filter.problem };
}

/** The packets of the whole network that pass; undefined where there is no filter, or none that is right. */
export function usePassing(): PassingPackets | undefined {
  const { model } = useShared();
  const text = useView(({ filter }) => filter);
  const list = model.list('');
  const { rows, problem } = useFiltered(list, text, false);
  return useMemo(
    () => (text === '' || problem !== '' ? undefined : new PassingPackets(list, rows)),
    [text, problem, list, rows],
  );
}
