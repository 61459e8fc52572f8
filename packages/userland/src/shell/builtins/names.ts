/** Names of the built-in commands. Special ones (POSIX 2.14) end the shell on errors and keep the assignments before them. */
export const SPECIAL_BUILTINS: ReadonlySet<string> = new Set(
  '. : break continue eval exec exit export readonly return set shift times trap unset'.split(' '),
);

const REGULAR_BUILTINS: ReadonlySet<string> = new Set(
  '[ alias bg cd command echo false fg getopts hash jobs kill local printf pwd read test true type ulimit umask unalias wait'.split(
    ' ',
  ),
);

export function isBuiltin(name: string): boolean {
  return SPECIAL_BUILTINS.has(name) || REGULAR_BUILTINS.has(name);
}
