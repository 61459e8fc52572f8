/** Python's built-in exceptions that JavaScript has no name for: the class's name is what programs catch and tracebacks show. */
export class RuntimeError extends Error {
  override readonly name: string = 'RuntimeError';
}

export class ValueError extends Error {
  override readonly name: string = 'ValueError';
}
