/** What is wrong with a statement, a table or a task: one line for the person who asked. */
export class BatchError extends Error {
  override readonly name = 'BatchError';
}
