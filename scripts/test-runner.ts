/**
 * Runs tests as Vitest does, with quicker modules. What a test imports is read through an object with a getter for each name, and V8 keeps such an object as a hash
 * table: a call of an imported function in a hot loop costs several times what it costs in Node itself, and a run of a lab half as much again. An object that serves as
 * a prototype is kept as a shape instead.
 */
import { TestRunner, type VitestTestRunner } from 'vitest';

/** What Vitest keeps of a worker: each module that was read. */
interface WorkerState {
  readonly evaluatedModules: { readonly idToModuleMap: ReadonlyMap<string, { readonly exports?: unknown }> };
}

const shaped = new WeakSet<object>();

export default class QuickModules extends TestRunner implements VitestTestRunner {
  override async importFile(...args: Parameters<TestRunner['importFile']>): Promise<void> {
    await super.importFile(...args);
    const { evaluatedModules } = (this as unknown as { readonly workerState: WorkerState }).workerState;
    for (const { exports } of evaluatedModules.idToModuleMap.values()) {
      if (typeof exports !== 'object' || exports === null || shaped.has(exports)) continue;
      shaped.add(exports);
      Object.create(exports);
    }
  }
}
