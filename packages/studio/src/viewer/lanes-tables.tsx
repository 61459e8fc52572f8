/** What the lanes say in words and sums: what each thread does now and did in an area, and for which locks was waited. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import {
  between,
  holderNames,
  LANE_LETTERS,
  LANE_STATES,
  type Lanes,
  type LaneTotals,
  lockTotals,
  longestWait,
  sharesOf,
  stretchAt,
  totalsOf,
} from '@netarium/view/lanes/lanes.ts';
import { WHOEVER_ACTS } from '@netarium/view/source/thread-choice.ts';
import { memo, type ReactNode, useMemo } from 'react';
import { useMessages, useShared, useView } from './context.tsx';
import { Explainable } from './details.tsx';
import { secondsText } from './time-text.ts';

/** What each thread does now, and how long it did what in the area. */
export const Threads = memo(function Threads({ places }: { readonly places: readonly number[] }) {
  const { model } = useShared();
  const m = useMessages();
  const { lanes } = model.recording;
  const area = useView((state) => state.area);
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
        {places.map((i) => (
          <Thread key={i} lanes={lanes} place={i} ns={totals[i]!.ns} />
        ))}
      </tbody>
    </table>
  );
});

interface ThreadProps {
  readonly lanes: Lanes;
  readonly place: number;
  readonly ns: LaneTotals['ns'];
}

/** Drawn anew when the thread does something else. */
const Thread = memo(function Thread({ lanes, place, ns }: ThreadProps) {
  const m = useMessages();
  const lane = lanes.lanes[place]!;
  const now = useView(({ nowNs }) => stretchAt(lane, nowNs));
  const held = now === undefined || now.holders.length === 0 ? '' : ` (${m.heldBy(holderNames(lanes, lane, now))})`;
  return (
    <tr>
      <th scope="row">
        <LaneName name={lane.name} place={place} />
      </th>
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

/** Chooses the thread whose source is shown, where there is any. */
function LaneName({ name, place }: { readonly name: string; readonly place: number }) {
  const { model, store } = useShared();
  const m = useMessages();
  const chosen = useView(({ thread }) => thread.place === place);
  if (model.source().empty) return name;
  return (
    <button
      type="button"
      className="explainable"
      title={m.source.show}
      aria-pressed={chosen}
      onClick={() => store.set({ thread: chosen ? WHOEVER_ACTS : { place, coroutine: '' } })}
    >
      {name}
    </button>
  );
}

/** The locks that were waited for in the area, and the longest wait of all. */
export function Waits(): ReactNode {
  const { model, store } = useShared();
  const m = useMessages();
  const { lanes } = model.recording;
  const area = useView((state) => state.area);
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
