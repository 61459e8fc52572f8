import asyncio

from harness import at


async def work(name):
    at(f"{name} begins")
    await asyncio.sleep(0)
    at(f"{name} goes on")
    return name


async def main():
    loop = asyncio.get_running_loop()
    loop.call_later(0, at, "timer")
    loop.call_soon(at, "soon 1")
    tasks = [asyncio.create_task(work(name)) for name in "abc"]
    loop.call_soon(at, "soon 2")
    at("made")
    for task in reversed(tasks):
        at(f"{await task} ends")
    loop.call_soon(at, "soon 3")
    at("before a bare yield")
    await asyncio.sleep(0)
    at("after it")


asyncio.run(main())
