/** What the picture of the topology shows, in words: what happens at a machine, what is on its way, which machine is cabled to which. */
import type { Point } from '@netarium/view/draw/geometry.ts';
import { eventText } from '@netarium/view/explain/event-text.ts';
import { textIn } from '@netarium/view/language.ts';
import { above } from '@netarium/view/timeline/timeline.ts';
import { machineOf } from '@netarium/view/topology/layout.ts';
import { linksOf } from '@netarium/view/topology/links.ts';
import type { Lost, Moving } from '@netarium/view/topology/motion.ts';
import { memo } from 'react';
import { useMessages, useShared, useView } from './context.tsx';
import type { Model } from './model.ts';

const TOLD = 6;
/** Of a machine's button, in pixels, about. */
export const MACHINE_HEIGHT = 30;

/** What was lost in the last half second of the person's. */
export function lostBefore(model: Model, atNs: number, nsPerSecond: number): readonly Lost[] {
  return model.motion().lostBefore(atNs, nsPerSecond / 2);
}

/** What the canvas shows, in words. */
export const Told = memo(function Told({ atNs }: { readonly atNs: number }) {
  const { model, store } = useShared();
  const m = useMessages();
  const nsPerSecond = useView((state) => state.nsPerSecond);
  const ends = ({ cable, back }: Moving): [from: string, to: string] => {
    const { a, b } = model.recording.cables[cable]!;
    return back ? [machineOf(b), machineOf(a)] : [machineOf(a), machineOf(b)];
  };
  const moving = model.motion().at(atNs, TOLD);
  const lost = lostBefore(model, atNs, nsPerSecond).slice(0, TOLD);
  return (
    <ul className="told" aria-label={m.onTheWay}>
      {moving.map((each) => (
        <li key={each.hop}>
          <button type="button" onClick={() => store.set({ selection: { kind: 'packet', packet: each.packet } })}>
            {m.moving(...ends(each), each.packet)}
          </button>
        </li>
      ))}
      {lost.map((each) => (
        <li key={`lost ${each.hop}`}>{m.lostHere(each.reason, each.packet)}</li>
      ))}
    </ul>
  );
});

/** Of what is said at a machine, about. */
const SAID_WIDTH = 220;

interface HappenedProps {
  readonly points: ReadonlyMap<string, Point>;
  readonly width: number;
  readonly atNs: number;
}

/** What happened in the last half second of the person's, at the machine where it did: the log says the same for who listens. */
export const Happened = memo(function Happened({ points, width, atNs }: HappenedProps) {
  const { model } = useShared();
  const language = useView((state) => state.language);
  const withinNs = useView((state) => state.nsPerSecond / 2);
  const { recording } = model;
  const { events, hosts } = recording;
  const last = above(events.atNs, atNs) - 1;
  const point = points.get(hosts[events.host[last] ?? -1] ?? '');
  if (point === undefined || events.atNs[last]! < atNs - withinNs) return null;
  const left = Math.max(SAID_WIDTH / 2, Math.min(width - SAID_WIDTH / 2, point.x));
  return (
    <p className="happened" aria-hidden="true" style={{ left, top: point.y + MACHINE_HEIGHT / 2, width: SAID_WIDTH }}>
      {textIn(eventText(recording, last), language)}
    </p>
  );
});

/** The picture as a table, for who cannot see it. */
export const MachinesTable = memo(function MachinesTable() {
  const { model } = useShared();
  const m = useMessages();
  return (
    <table className="hidden">
      <caption>{m.machinesTable}</caption>
      <thead>
        <tr>
          <th scope="col">{m.machine}</th>
          <th scope="col">{m.cables}</th>
        </tr>
      </thead>
      <tbody>
        {linksOf(model.recording).map(({ machine, links }) => (
          <tr key={machine}>
            <th scope="row">{machine}</th>
            <td>{links.map(({ port, to }) => `${port} ${m.toMachine(to)}`).join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
