import asyncio

from harness import at, raised


async def fails(ms, text):
    await asyncio.sleep(ms / 1000)
    raise ValueError(text)


async def sleeper(name):
    try:
        await asyncio.sleep(10)
    finally:
        at(f"{name} ends")


async def careless():
    try:
        await asyncio.sleep(10)
    finally:
        raise KeyError("second")


async def main():
    async with asyncio.TaskGroup() as group:
        one = group.create_task(asyncio.sleep(0.01, "one"))
        two = group.create_task(asyncio.sleep(0, "two"))
    at(f"{one.result()} {two.result()}")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails(5, "first"))
            group.create_task(sleeper("sibling"))
            group.create_task(careless())
            await sleeper("body")
    except* ValueError as errors:
        for error in errors.exceptions:
            raised(error)
    except* KeyError as errors:
        at(f"{len(errors.exceptions)} KeyError")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(sleeper("child"))
            await asyncio.sleep(0)
            raise ValueError("in the body")
    except BaseExceptionGroup as errors:
        at(f"{type(errors).__name__}: {errors}")


asyncio.run(main())
