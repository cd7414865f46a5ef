# A little of everything, for the mutation test. é
from __future__ import annotations
import os, time as t, datetime.date
from datetime import datetime as dt, timedelta
from .licence import *

END: int = 1_764_115_200
A, (B, *C) = 0x10, [1, 2.5]
try:
    LIMIT = dt(2026, 1, 1)
except (ValueError, TypeError) as error:
    LIMIT = None
else:
    pass
finally:
    print("done", f"{LIMIT:%Y-%m} {END!r} {{x}}")


@decorated.by(1, key="v")
class Licence(Base, metaclass=Meta):
    """Doc"""
    until: datetime = LIMIT
    days = 30

    def __init__(self, now=None, *args, since: dt = None, **rest):
        self.now = now or dt.now()
        self.since, _ = since, rest

    @property
    def expired(self) -> bool:
        return not self.now < self.until <= LIMIT and self.days is not None

    @staticmethod
    async def later(n: int = 3):
        async with lock as held, other:
            await held.run(*[n], **{'a': 1, **{}})
        yield n


def check(licence, /, kind, *, deep=lambda x, y=1: x + y):
    global END
    END += 1
    for i, (x, y) in enumerate(licence.table[1:-1]):
        if x := y.get('when'):
            continue
        elif i not in (1, 2) or ~x:
            break
        else:
            raise RuntimeError("over") from None
    else:
        assert END > 3, 'message'
    while True:
        del licence
    match kind:
        case 'a' | "b":
            return [d for d in licence if d > dt.now() if d]
        case Point(x=0, y=y) if y > 3:
            return {k: v for k, v in licence.items()}
        case {'k': v}:
            return any(d[0] < t.time() for d in v), {1, 2}
        case os.sep:
            return x if y else "a" 'b'
        case _:
            return b'\x41', r'\d', '''long "text"''', licence[1, ::2], ...


if __name__ == '__main__':
    check(Licence(), 'a')
