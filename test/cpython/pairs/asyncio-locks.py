import asyncio

from harness import at, raised


async def user(lock, name, ms=1):
    at(f"{name} asks")
    async with lock:
        at(f"{name} has it")
        await asyncio.sleep(ms / 1000)
    at(f"{name} let go")


async def locks():
    lock = asyncio.Lock()
    tasks = [asyncio.create_task(user(lock, name)) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    at(f"locked: {lock.locked()}")
    try:
        lock.release()
    except RuntimeError as error:
        raised(error)


async def semaphores():
    semaphore = asyncio.Semaphore(2)
    tasks = [asyncio.create_task(user(semaphore, f"s{i}", ms)) for i, ms in enumerate((100, 250, 50, 50, 50))]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    at(f"semaphore locked: {semaphore.locked()}")


async def waiter(event, condition, name):
    await event.wait()
    at(f"{name} saw the event")
    async with condition:
        await condition.wait()
        at(f"{name} notified")


async def conditions():
    event, condition = asyncio.Event(), asyncio.Condition()
    tasks = [asyncio.create_task(waiter(event, condition, name)) for name in "xyz"]
    await asyncio.sleep(0)
    event.set()
    at("set")
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify(2)
        at("notified two")
    await asyncio.sleep(0.01)
    async with condition:
        condition.notify_all()
    await asyncio.gather(*tasks)


async def main():
    await locks()
    await semaphores()
    await conditions()


asyncio.run(main())
