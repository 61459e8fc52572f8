/** Where the versions of CPython's asyncio differ in what a program can see; the loop asks the profile and nothing else does. */
export interface PythonProfile {
  readonly version: string;
  /** `wait_for` runs the coroutine in the caller's own task (since 3.12); before, in a task of its own, one round of the loop later. */
  readonly waitForInSameTask: boolean;
  /** `timeout()` and `TaskGroup` (since 3.11). */
  readonly structured: boolean;
}

const profile = (version: string, waitForInSameTask: boolean, structured: boolean): PythonProfile => ({
  version,
  waitForInSameTask,
  structured,
});

export const PYTHON_3_8 = profile('3.8', false, false);
export const PYTHON_3_11 = profile('3.11', false, true);
export const PYTHON_3_12 = profile('3.12', true, true);
