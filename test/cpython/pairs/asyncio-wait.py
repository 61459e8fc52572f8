import asyncio

from harness import at, raised


async def after(ms, fail=False):
    await asyncio.sleep(ms / 1000)
    if fail:
        raise ValueError(ms)
    return ms


def names(tasks):
    return " ".join(sorted(task.get_name() for task in tasks))


async def waited(title, tasks, **options):
    done, pending = await asyncio.wait(tasks, **options)
    at(f"{title}: done {names(done)}, pending {names(pending)}")


async def main():
    tasks = [asyncio.create_task(after(ms), name=f"t{ms}") for ms in (300, 100, 200)]
    await waited("first", tasks, return_when=asyncio.FIRST_COMPLETED)
    await waited("time-out", tasks, timeout=0.15)
    await waited("all", tasks)
    tasks = [asyncio.create_task(after(ms, ms == 100), name=f"u{ms}") for ms in (50, 100, 200)]
    await waited("exception", tasks, return_when=asyncio.FIRST_EXCEPTION)
    for future in asyncio.as_completed([after(30), after(10), after(20, True)]):
        try:
            at(f"completed {await future}")
        except ValueError as error:
            raised(error)
    await waited("rest", tasks)


asyncio.run(main())
