import asyncio

from harness import at, raised


async def after(ms, name):
    await asyncio.sleep(ms / 1000)
    at(f"{name} ends")
    return name


async def fails(ms):
    await asyncio.sleep(ms / 1000)
    raise ValueError("bad")


async def main():
    print(await asyncio.gather(after(30, "slow"), after(10, "fast"), after(20, "middle")))
    print(await asyncio.gather())
    try:
        await asyncio.gather(after(30, "goes on"), fails(10))
    except ValueError as error:
        raised(error)
    await asyncio.sleep(0.04)
    for result in await asyncio.gather(after(1, "fine"), fails(2), return_exceptions=True):
        print(repr(result))
    gathering = asyncio.gather(after(100, "never"), after(100, "never either"))
    await asyncio.sleep(0)
    gathering.cancel()
    try:
        await gathering
    except asyncio.CancelledError:
        at("gathering cancelled")


asyncio.run(main())
