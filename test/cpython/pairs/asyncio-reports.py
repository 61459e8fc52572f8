import asyncio
import gc

from harness import at


def heard(loop, context):
    error = context.get("exception")
    at(f"heard: {context['message'].split('(')[0].strip()}, {error!r}")


def broken():
    raise KeyError


async def fails():
    raise ValueError("lost")


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(heard)
    loop.call_soon(broken)
    loop.call_soon(at, "the loop goes on")
    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    at(f"done {task.done()}")
    retrieved = asyncio.create_task(fails())
    await asyncio.sleep(0)
    at(f"asked: {retrieved.exception()!r}")
    del task
    gc.collect()


asyncio.run(main())
