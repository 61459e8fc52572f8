import asyncio

from harness import at

n = 0


async def careless(times):
    global n
    for _ in range(times):
        seen = n
        await asyncio.sleep(0)
        n = seen + 1


async def atomic(times):
    global n
    for _ in range(times):
        n = n + 1
        await asyncio.sleep(0)


async def careful(lock, times):
    global n
    for _ in range(times):
        async with lock:
            seen = n
            await asyncio.sleep(0)
            n = seen + 1


async def total(name, coroutines):
    global n
    n = 0
    await asyncio.gather(*coroutines)
    at(f"{name}: {n}")


async def main():
    lock = asyncio.Lock()
    await total("across an await", [careless(100) for _ in range(10)])
    await total("without an await between", [atomic(100) for _ in range(10)])
    await total("with a lock", [careful(lock, 100) for _ in range(10)])


asyncio.run(main())
