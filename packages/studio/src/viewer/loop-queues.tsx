/** What the event loop of a thread holds: what runs, what is ready, what waits for a time or for a descriptor, and where its coroutines stand. */
import { formatDuration } from '@netarium/core/time/instant.ts';
import type { RecordedQueues } from '@netarium/view/source/program-source.ts';
import type { SourceLook } from '@netarium/view/source/source-view.ts';
import type { ReactNode } from 'react';
import { useMessages, useShared, useView } from './context.tsx';

interface LoopQueuesProps {
  readonly look: SourceLook;
  readonly queues: RecordedQueues;
}

export function LoopQueues({ look, queues }: LoopQueuesProps) {
  const { store } = useShared();
  const m = useMessages();
  const nowNs = useView((state) => state.nowNs);
  const { runtime, running, ready, timers, waiting, coroutines } = queues;
  return (
    <section className="part queues" aria-label={m.source.loop(runtime)}>
      <h3>{m.source.loop(runtime)}</h3>
      <p>
        {m.source.running}: {running === '' ? m.source.nothingRuns : <b>{running}</b>}
      </p>
      <Queue title={m.source.ready} count={ready.count} entries={ready.first} />
      <Queue
        title={m.source.timers}
        count={timers.count}
        entries={timers.first.map(({ label, atNs }) =>
          atNs > nowNs ? m.source.dueIn(label, formatDuration(atNs - nowNs)) : m.source.due(label),
        )}
      />
      <Queue
        title={m.source.waiting}
        count={waiting.count}
        entries={waiting.first.map(({ fd, direction, label }) => m.source.descriptor(fd, direction, label))}
      />
      {coroutines.count > 0 && (
        <Queue
          title={m.source.coroutines}
          count={coroutines.count}
          entries={coroutines.first.map(({ name }) => (
            <button
              key={name}
              type="button"
              aria-pressed={look.coroutine === name}
              onClick={() => store.set({ thread: { place: look.place, coroutine: name } })}
            >
              ‖ {name}
            </button>
          ))}
        />
      )}
    </section>
  );
}

interface QueueProps {
  readonly title: string;
  readonly count: number;
  readonly entries: readonly ReactNode[];
}

function Queue({ title, count, entries }: QueueProps) {
  const m = useMessages();
  return (
    <div>
      <h4>
        {title} <span className="meta">({count})</span>
      </h4>
      {count > 0 && (
        <ol>
          {entries.map((entry, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two callbacks may have one name
            <li key={i}>{typeof entry === 'string' ? <span className="queued">{entry}</span> : entry}</li>
          ))}
          {count > entries.length && <li className="meta">{m.andMore(count - entries.length)}</li>}
        </ol>
      )}
    </div>
  );
}
