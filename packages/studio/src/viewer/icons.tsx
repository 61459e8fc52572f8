/** The signs on the transport bar, drawn here: fonts differ in what they have. */
const PATHS = {
  start: 'M4 4v12M16 4l-9 6 9 6z',
  markBack: 'M17 4l-7 6 7 6zM10 4l-7 6 7 6z',
  eventBack: 'M14 4l-8 6 8 6z',
  hopBack: 'M17 10a3 3 0 1 0-6 0a3 3 0 1 0 6 0M9 5l-6 5 6 5z',
  play: 'M6 3l10 7-10 7z',
  pause: 'M6 4h3v12H6zM11 4h3v12h-3z',
  eventForward: 'M6 4l8 6-8 6z',
  hopForward: 'M3 10a3 3 0 1 0 6 0a3 3 0 1 0-6 0M11 5l6 5-6 5z',
  markForward: 'M3 4l7 6-7 6zM10 4l7 6-7 6z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
