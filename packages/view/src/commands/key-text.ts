/** A key as a person reads it: `Shift →`, `Ctrl K`. */
export function keyText(key: string, names: Readonly<Record<string, string>>): string {
  const parts = key === '+' ? [key] : key.split('+');
  const last = parts.at(-1)!;
  const own = Object.hasOwn(names, last) ? names[last]! : parts.length > 1 ? last.toUpperCase() : last;
  return [...parts.slice(0, -1), own].join(' ');
}
