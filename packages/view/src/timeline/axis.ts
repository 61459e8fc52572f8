/**
 * A part of a run on one of the slider's scales: where instants lie across a picture, and what zooming and moving make of it. Lanes and curves share one,
 * so that the same place is the same instant in both.
 */
import type { Scale, Timeline } from './timeline.ts';

/** From the first to the last instant that is shown. */
export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** An area that begins at an instant: it ends where the one before did, if that lies behind; else with the run. */
export function areaFrom(before: Span | undefined, fromNs: number, endNs: number): Span {
  return { fromNs, toNs: before !== undefined && before.toNs > fromNs ? before.toNs : endNs };
}

/** One that ends at an instant: from where the one before began, or from the run's beginning. */
export function areaTo(before: Span | undefined, toNs: number): Span {
  return { fromNs: before !== undefined && before.fromNs < toNs ? before.fromNs : 0, toNs };
}

/** No part of a scale is drawn wider than this many times the picture. */
const MOST_ZOOM = 1e7;

export class Axis {
  readonly span: Span;
  private readonly first: number;
  private readonly width: number;

  /** The whole run without a span. */
  constructor(
    private readonly timeline: Timeline,
    readonly scale: Scale,
    span?: Span,
  ) {
    this.span = span ?? { fromNs: 0, toNs: timeline.endNs };
    this.first = timeline.position(this.span.fromNs, scale);
    this.width = Math.max(1 / MOST_ZOOM, timeline.position(this.span.toNs, scale) - this.first);
  }

  /** 0 where the span begins, 1 where it ends; less or more outside of it. */
  part(atNs: number): number {
    return (this.timeline.position(atNs, this.scale) - this.first) / this.width;
  }

  /** The instant at a place, inside of the run. */
  at(part: number): number {
    return this.timeline.at(this.first + part * this.width, this.scale);
  }

  /** Where columns of a picture begin that is so many wide, and where the last one ends. */
  edges(columns: number): Float64Array {
    return Float64Array.from({ length: columns + 1 }, (_, i) => this.at(i / columns));
  }

  /** `factor` times as much of the run, with the instant at `part` left in its place; undefined where that is all of it. */
  zoomed(factor: number, part: number): Span | undefined {
    const width = Math.max(1 / MOST_ZOOM, this.width * factor);
    return this.between(this.first + part * (this.width - width), width);
  }

  /** As much of the run, earlier or later by so many widths. */
  moved(by: number): Span | undefined {
    return this.between(this.first + by * this.width, this.width);
  }

  private between(first: number, width: number): Span | undefined {
    if (width >= 1) return undefined;
    const begin = Math.max(0, Math.min(1 - width, first));
    const fromNs = begin === 0 ? 0 : this.timeline.at(begin, this.scale);
    const toNs = begin + width >= 1 ? this.timeline.endNs : this.timeline.at(begin + width, this.scale);
    if (fromNs === 0 && toNs === this.timeline.endNs) return undefined;
    return toNs > fromNs ? { fromNs, toNs } : this.span;
  }
}
