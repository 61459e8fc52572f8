/** Of more curves than a picture can tell apart, those in which most happens. */
/** More curves than these in one picture are a wall. */
const MOST = 24;

/** Places of curves, in their order. */
export function liveliest(curves: readonly { readonly points: ArrayLike<unknown> }[]): readonly number[] {
  const places = [...curves.keys()];
  if (places.length <= MOST) return places;
  const points = (place: number): number => curves[place]!.points.length;
  return places
    .sort((a, b) => points(b) - points(a) || a - b)
    .slice(0, MOST)
    .sort((a, b) => a - b);
}
