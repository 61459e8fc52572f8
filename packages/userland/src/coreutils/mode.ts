/** File modes as chmod(1) and mkdir -m take them: octal, or clauses such as `u+x,go-w`. */

/** The new mode; undefined for what is no mode. `umask` counts where a clause names nobody. */
export function applyMode(text: string, mode: number, isDirectory: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let bits = mode;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (match === null) return undefined;
    const named = match[1] !== '';
    const who = !named || match[1]!.includes('a') ? 'ugo' : match[1]!;
    for (const action of match[2]!.matchAll(/([-+=])([rwxXst]*)/g)) {
      bits = applyAction(bits, who, action[1]!, action[2]!, isDirectory, named ? 0 : umask);
    }
  }
  return bits;
}

function applyAction(
  mode: number,
  who: string,
  action: string,
  letters: string,
  directory: boolean,
  umask: number,
): number {
  let wanted = 0;
  let mask = 0;
  for (const class_ of who) {
    const shift = class_ === 'u' ? 6 : class_ === 'g' ? 3 : 0;
    mask |= 7 << shift;
    wanted |= permissionBits(letters, directory || (mode & 0o111) !== 0) << shift;
    if (letters.includes('s') && class_ !== 'o') wanted |= class_ === 'u' ? 0o4000 : 0o2000;
  }
  if (letters.includes('t')) wanted |= 0o1000;
  wanted &= ~umask;
  if (action === '+') return mode | wanted;
  if (action === '-') return mode & ~wanted;
  return (mode & ~mask) | wanted;
}

function permissionBits(letters: string, executable: boolean): number {
  let bits = 0;
  for (const letter of letters) {
    if (letter === 'r') bits |= 4;
    else if (letter === 'w') bits |= 2;
    else if (letter === 'x' || (letter === 'X' && executable)) bits |= 1;
  }
  return bits;
}
