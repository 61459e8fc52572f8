import asyncio

from harness import at, raised


async def slow(name):
    try:
        await asyncio.sleep(10)
    finally:
        at(f"{name} ends")


async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        at("stubborn goes on")
    return "stubborn result"


async def attempt(name, awaitable):
    try:
        at(f"{name}: {await awaitable}")
    except (asyncio.TimeoutError, asyncio.CancelledError) as error:
        raised(error, name)


async def scoped(seconds, coroutine):
    async with asyncio.timeout(seconds):
        return await coroutine


async def main():
    await attempt("in time", asyncio.wait_for(asyncio.sleep(0.01, "result"), 1))
    at("from")
    await attempt("too late", asyncio.wait_for(slow("slow"), 0.3))
    at("to")
    await attempt("no time", asyncio.wait_for(slow("never begins"), 0))
    await attempt("stubborn", asyncio.wait_for(stubborn(), 0.01))
    at("from 2")
    await attempt("scope", scoped(0.15, slow("scoped")))
    at("to 2")
    await attempt("outer scope", scoped(0.01, scoped(1, slow("inner scope"))))
    task = asyncio.create_task(attempt("cancelled", asyncio.wait_for(slow("inner"), 1)))
    await asyncio.sleep(0.01)
    task.cancel()
    await task


asyncio.run(main())
