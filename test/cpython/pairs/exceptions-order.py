from harness import at, raised


def statement(title, where=None, error=ValueError):
    def part(name):
        at(f"{title}: {name}")
        if name == where:
            raise error(name)
        return name

    try:
        result = part("body")
    except ValueError:
        result = part("except")
    else:
        result = part("else")
    finally:
        part("finally")
    return result


def caught(*arguments):
    try:
        at(f"gives {statement(*arguments)}")
    except Exception as error:
        raised(error)


caught("nothing raised")
caught("raised in the body", "body")
caught("not taken by the clause", "body", KeyError)
caught("raised in else", "else")
caught("raised in finally", "finally")


def overriding():
    try:
        return "from the body"
    finally:
        return "from finally"


def swallowing():
    while True:
        try:
            raise ValueError("lost")
        finally:
            break
    return "went on"


at(overriding())
at(swallowing())
