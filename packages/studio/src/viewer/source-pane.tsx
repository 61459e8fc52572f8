/** The program of a thread with the line that it is on, who else is on which line, the functions that wait for it, and what its event loop holds. */
import { LANE_LETTERS } from '@netarium/view/lanes/lanes.ts';
import { linesAround, linesOf, type SourceLine } from '@netarium/view/source/listing.ts';
import type { SourceFrame } from '@netarium/view/source/program-source.ts';
import type { Marker, SourceLook, SourceView } from '@netarium/view/source/source-view.ts';
import { memo, useMemo, useRef, useState } from 'react';
import { stepLine } from './actions.ts';
import { useMessages, useShared, useView } from './context.tsx';
import { LoopQueues } from './loop-queues.tsx';
import { useInSight } from './use-in-sight.ts';

export function SourcePane() {
  const { model } = useShared();
  const m = useMessages();
  const view = model.source();
  return (
    <section className="source" aria-label={m.source.title}>
      <h2>{m.source.title}</h2>
      {view.empty ? <p className="hint">{m.source.none(model.recording.lab)}</p> : <Looked view={view} />}
    </section>
  );
}

function Looked({ view }: { readonly view: SourceView }) {
  const thread = useView((state) => state.thread);
  const nowNs = useView((state) => state.nowNs);
  const look = useMemo(() => view.look(thread, nowNs), [view, thread, nowNs]);
  const [chosen, setChosen] = useState<{ readonly of: string; readonly depth: number }>();
  const depth = chosen?.of === look.key ? chosen.depth : look.focus;
  const frame = look.stack[depth];
  return (
    <>
      <SourceBar view={view} look={look} frame={frame} />
      <div className="source-parts">
        {frame === undefined ? <Nowhere look={look} /> : <Listing view={view} look={look} frame={frame} />}
        <div className="beside">
          <Stack view={view} look={look} depth={depth} onChoose={(each) => setChosen({ of: look.key, depth: each })} />
          {look.queues !== undefined && <LoopQueues look={look} queues={look.queues} />}
        </div>
      </div>
    </>
  );
}

interface LookProps {
  readonly view: SourceView;
  readonly look: SourceLook;
}

/** Whose program it is, a step to its next line, and in words where it is. */
function SourceBar({ view, look, frame }: LookProps & { readonly frame: SourceFrame | undefined }) {
  const shared = useShared();
  const { model, store } = shared;
  const m = useMessages();
  const { lanes } = model.recording.lanes;
  const chosen = useView(({ thread }) => thread.place);
  const playing = useView((state) => state.playing);
  const { place, coroutine, call, calls } = look;
  const who = coroutine === '' ? lanes[place]!.name : `${lanes[place]!.name} · ${coroutine}`;
  return (
    <div className="choices">
      <label>
        <span>{m.source.whose}</span>{' '}
        <select
          value={chosen}
          onChange={(e) => store.set({ thread: { place: Number(e.target.value), coroutine: '' } })}
        >
          <option value="-1">{m.source.whoActs}</option>
          {view.places.map((each) => (
            <option key={each} value={each}>
              {lanes[each]!.name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" title={`${m.command['line-back']} (J)`} onClick={() => stepLine(shared, false)}>
        {m.source.back}
      </button>
      <button type="button" title={`${m.command['line-forward']} (j)`} onClick={() => stepLine(shared, true)}>
        {m.source.forward}
      </button>
      <p className="meta" aria-live={playing ? 'off' : 'polite'}>
        {frame === undefined ? who : m.source.at(who, view.fileName(frame), frame.line)} · {m.source.call(call, calls)}
      </p>
    </div>
  );
}

function Nowhere({ look }: { readonly look: SourceLook }) {
  const m = useMessages();
  return <p className="hint">{look.call === 0 ? m.source.notBegun : m.source.gone}</p>;
}

/** Lines before and after the current one are in sight, too. */
const AROUND_PIXELS = 110;

function Listing({ view, look, frame }: LookProps & { readonly frame: SourceFrame }) {
  const { model } = useShared();
  const nowNs = useView((state) => state.nowNs);
  const file = model.recording.source.files[frame.file]!;
  const all = useMemo(() => linesOf(file), [file]);
  const lines = useMemo(() => linesAround(all, frame.line), [all, frame.line]);
  const markers = useMemo(() => view.markers(frame.file, look, nowNs), [view, frame, look, nowNs]);
  const box = useRef<HTMLElement>(null);
  useInSight(box, `${frame.file} ${frame.line}`, AROUND_PIXELS);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no pointer scrolls with keys
    <section className="listing" aria-label={file.name} tabIndex={0} ref={box}>
      <h3>{file.name}</h3>
      <ol>
        {lines.map((line) => (
          <Line key={line.number} line={line} current={line.number === frame.line} markers={markers.get(line.number)} />
        ))}
      </ol>
    </section>
  );
}

interface LineProps {
  readonly line: SourceLine;
  readonly current: boolean;
  readonly markers: readonly Marker[] | undefined;
}

/** More signs beside a line than these say nothing more. */
const SIGNS_MOST = 6;

/** Most are as they were when time goes on. */
const Line = memo(function Line({ line: { number, text, skipped }, current, markers = [] }: LineProps) {
  const m = useMessages();
  return (
    <>
      {skipped > 0 && <li className="skipped">{m.source.skipped(skipped)}</li>}
      <li value={number} aria-current={current ? 'step' : undefined}>
        <span className="line-number" aria-hidden="true">
          {current && '▶'}
          {number}
        </span>
        <code>{text}</code>
        {markers.slice(0, SIGNS_MOST).map(({ place, name, state }) => (
          <span key={`${place} ${name}`} className="on-line">
            <span className={`sign state-${state ?? 'sleep'}`} aria-hidden="true">
              {state === undefined ? '‖' : LANE_LETTERS[state]}
            </span>{' '}
            <span className="hidden">{m.source.alsoHere} </span>
            {name}
          </span>
        ))}
        {markers.length > SIGNS_MOST && <span className="on-line">{m.andMore(markers.length - SIGNS_MOST)}</span>}
      </li>
    </>
  );
});

interface StackProps extends LookProps {
  readonly depth: number;
  readonly onChoose: (depth: number) => void;
}

/** The functions that have not come back: the innermost on top. */
function Stack({ view, look: { stack, place, coroutine }, depth, onChoose }: StackProps) {
  const { store } = useShared();
  const m = useMessages();
  return (
    <section className="part">
      <h3>{coroutine === '' ? m.source.stack : m.source.stackOf(coroutine)}</h3>
      {coroutine !== '' && (
        <button type="button" onClick={() => store.set({ thread: { place, coroutine: '' } })}>
          {m.source.backToThread}
        </button>
      )}
      {stack.length === 0 && <p className="meta">{m.none}</p>}
      <ol className="stack">
        {stack.map((frame, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a function may be there twice
          <li key={i} className={view.isBeneath(frame) ? 'beneath' : ''}>
            <button type="button" aria-pressed={i === depth} onClick={() => onChoose(i)}>
              {frame.function === '' ? m.source.noName : frame.function}{' '}
              <span className="meta">
                {view.shortFileName(frame)}:{frame.line}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
