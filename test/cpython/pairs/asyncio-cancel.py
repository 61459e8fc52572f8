import asyncio

from harness import at, raised


async def sleeper(name, swallow=False):
    at(f"{name} begins")
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as error:
        raised(error, name)
        if not swallow:
            raise
    finally:
        await asyncio.sleep(0)
        at(f"{name} cleaned up")
    return f"{name} swallowed it"


async def end_of(task):
    try:
        at(f"result: {await task}")
    except asyncio.CancelledError as error:
        raised(error, "awaiter")


async def main():
    never = asyncio.create_task(sleeper("never"))
    at(f"cancel before it begins: {never.cancel()}")
    await end_of(never)
    one = asyncio.create_task(sleeper("one"))
    await asyncio.sleep(0)
    at(f"cancel: {one.cancel('enough')}, done: {one.done()}")
    await end_of(one)
    at(f"cancelled: {one.cancelled()}, again: {one.cancel()}")
    two = asyncio.create_task(sleeper("two", swallow=True))
    await asyncio.sleep(0)
    two.cancel()
    at(f"cancelling: {two.cancelling()}")
    await end_of(two)
    at(f"cancelled: {two.cancelled()}")
    inner = asyncio.create_task(asyncio.sleep(0.01, "inner result"))
    outer = asyncio.create_task(end_of(asyncio.shield(inner)))
    await asyncio.sleep(0)
    outer.cancel()
    await outer
    at(f"inner cancelled: {inner.cancelled()}")
    at(await inner)
    itself = asyncio.current_task()
    itself.cancel()
    try:
        at("still before the next wait")
        await asyncio.sleep(0)
    except asyncio.CancelledError as error:
        raised(error)


asyncio.run(main())
