"""Runs random programs (random-asyncio.ts) in CPython's asyncio, by a clock that jumps to the next timer instead of waiting for it.

Reads a JSON list of programs from standard input, writes a JSON list of traces.
"""
import asyncio
import json
import math
import selectors
import sys

END_S = 1e9


class JumpingSelector(selectors.DefaultSelector):
    """Rounds the wait up to whole milliseconds, as EpollSelector does, and lets the loop's clock pass it."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def select(self, timeout=None):
        if timeout is not None and timeout > 0:
            self.now += math.ceil(timeout * 1e3) * 1e-3
        return super().select(0)


class InOrder(dict):
    """A set in the order of insertion: a group cancels its tasks in the order of their addresses, which nobody promises."""

    def add(self, item):
        self[item] = True

    def discard(self, item):
        self.pop(item, None)


class Program:
    def __init__(self, spec):
        self.spec = spec
        self.trace = []
        self.locks = [asyncio.Lock() for _ in range(2)]
        self.semaphores = [asyncio.Semaphore(2)]
        self.events = [asyncio.Event() for _ in range(2)]
        self.queues = [asyncio.Queue(maxsize=2)]
        self.conditions = [asyncio.Condition()]
        self.tasks = []

    def mark(self, text):
        self.trace.append(text)

    async def body(self, name, operations):
        self.mark(f"{name} begins")
        try:
            for number, operation in enumerate(operations):
                await self.operation(f"{name}.{number}", *operation)
        except BaseException as error:
            self.mark(f"{name} ends by {type(error).__name__}")
            raise
        self.mark(f"{name} ends")
        return name

    async def operation(self, name, kind, argument=None, inner=()):
        if kind == "sleep":
            await asyncio.sleep(argument / 1000)
        elif kind == "yield":
            await asyncio.sleep(0)
        elif kind == "lock":
            async with self.locks[argument]:
                await self.body(name, inner)
        elif kind == "semaphore":
            async with self.semaphores[argument]:
                await self.body(name, inner)
        elif kind == "wait-event":
            await self.events[argument].wait()
        elif kind == "set-event":
            self.events[argument].set()
        elif kind == "clear-event":
            self.events[argument].clear()
        elif kind == "put":
            await self.queues[argument].put(name)
        elif kind == "get":
            self.mark(f"{name} got {await self.queues[argument].get()}")
        elif kind == "cancel":
            self.mark(f"{name} cancels: {self.tasks[argument].cancel()}")
        elif kind == "raise":
            raise ValueError(name)
        elif kind == "await":
            await self.caught(name, self.tasks[argument])
        elif kind == "shield":
            await self.caught(name, asyncio.shield(self.tasks[argument]))
        elif kind == "gather":
            await self.caught(name, asyncio.gather(*(self.body(f"{name}.{i}", part) for i, part in enumerate(inner))))
        elif kind == "gather-all":
            parts = (self.body(f"{name}.{i}", part) for i, part in enumerate(inner))
            results = await asyncio.gather(*parts, return_exceptions=True)
            self.mark(f"{name}: {' '.join(r if isinstance(r, str) else type(r).__name__ for r in results)}")
        elif kind == "group":
            await self.caught(name, self.grouped(name, inner))
        elif kind == "first":
            await self.first(name, inner)
        elif kind == "notified":
            async with self.conditions[argument]:
                await self.conditions[argument].wait()
        elif kind == "notify":
            async with self.conditions[argument]:
                self.conditions[argument].notify()
        elif kind == "wait-for":
            await self.caught(name, asyncio.wait_for(self.body(name, inner), argument / 1000))
        elif kind == "timeout":
            await self.caught(name, self.limited(name, argument / 1000, inner))
        elif kind == "stubborn":
            try:
                await asyncio.sleep(argument / 1000)
            except asyncio.CancelledError:
                self.mark(f"{name} swallows")
        else:
            raise AssertionError(kind)
        self.mark(name)

    async def limited(self, name, seconds, inner):
        async with asyncio.timeout(seconds):
            await self.body(name, inner)

    async def grouped(self, name, inner):
        async with asyncio.TaskGroup() as group:
            group._tasks = InOrder()
            for i, part in enumerate(inner):
                group.create_task(self.body(f"{name}.{i}", part))
            await asyncio.sleep(0)
            self.mark(f"{name} is made")

    async def first(self, name, inner):
        tasks = [asyncio.create_task(self.body(f"{name}.{i}", part)) for i, part in enumerate(inner)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        self.mark(f"{name}: {' '.join(str(i) for i, task in enumerate(tasks) if task in done)}")
        for task in tasks:
            task.cancel()

    async def caught(self, name, awaitable):
        """Failures are told; a cancellation of our own goes on."""
        try:
            await awaitable
        except (ValueError, TimeoutError, RuntimeError, ExceptionGroup) as error:
            self.mark(f"{name} raised {type(error).__name__}")

    async def main(self):
        for number, operations in enumerate(self.spec):
            self.tasks.append(asyncio.create_task(self.body(f"t{number}", operations)))
        await asyncio.wait(self.tasks, timeout=END_S / 1000)
        self.mark("time is over" if not all(task.done() for task in self.tasks) else "all are done")
        # One that waits for a lock which a forgotten task holds outlives every cancellation.
        for _ in range(20):
            for task in self.tasks:
                task.cancel()
            await asyncio.sleep(0.001)
        self.mark(" ".join(map(self.end_of, self.tasks)))

    def end_of(self, task):
        if not task.done():
            return "pending"
        return "cancelled" if task.cancelled() else type(task.exception()).__name__


def run(spec):
    selector = JumpingSelector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now
    loop.set_exception_handler(lambda loop, context: None)
    try:
        return loop.run_until_complete(start(spec))
    finally:
        loop.close()


async def start(spec):
    program = Program(spec)
    await program.main()
    # A copy: what the collector does to tasks that are left over is nobody's promise.
    return list(program.trace)


json.dump([run(spec) for spec in json.load(sys.stdin)], sys.stdout)
