/** A piece of a picture's line, beside its name. */
import type { Stroke } from '@netarium/view/plot/strokes.ts';

export function Swatch({ stroke: { ink, width, dash } }: { readonly stroke: Stroke }) {
  return (
    <svg className="swatch" width={24} height={6} aria-hidden="true">
      <line
        x1={0}
        y1={3}
        x2={24}
        y2={3}
        style={{ stroke: `var(--${ink})`, strokeWidth: width, strokeDasharray: dash.join(' ') }}
      />
    </svg>
  );
}
