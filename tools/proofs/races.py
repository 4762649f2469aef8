"""Fifty people at once try everything on ten requests; afterwards every request is as its steps tell.

``make races`` (RACES_SECONDS=60 RACES_SEED=1). Fails with a list of what is wrong.
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from typing import Any

from tools.proofs import cast as people
from tools.proofs.browser import Browser, form_with
from tools.proofs.installation import Installation

UNITS = ("houqin", "baowei")
REQUESTS, STAFF = 10, 10
CALLERS = 50
LEAST = 50  # acts that must have worked
BODY = "七号楼四层的空调坏了三天，晚上睡不着，请尽快来修。"


def main() -> int:
    seconds = float(os.environ.get("RACES_SECONDS") or 60)
    seed = int(os.environ.get("RACES_SEED") or random.SystemRandom().randrange(10_000))
    print(f"seed {seed}: {CALLERS} callers for {seconds:.0f} s on {REQUESTS} requests", flush=True)
    with Installation(HOTLINE_WEB_WORKERS="4") as there:
        people.use(there.database_url, there.environment)
        cast = people.gather(REQUESTS, STAFF, UNITS)
        found = _compare(there, *_race(there, cast, seconds, seed))
        if found:
            print(f"\n{len(found)} faults; the data folder stays: {there.home}")
            print("\n".join(found[:40]))
            raise SystemExit(1)
    print("every request is as its steps tell, and nobody met a fault")
    return 0


def _race(
    there: Installation, cast: people.Cast, seconds: float, seed: int
) -> tuple[list[Any], float]:
    from tools.proofs.mischief import Somebody  # noqa: PLC0415 - needs settings

    own = {account: _submitted(there, account) for account in cast.students}
    who = [(account, "own", [own[account]]) for account in cast.students]
    who += [(account, "", []) for account in (*cast.clerks, *cast.managers)]
    for unit in UNITS:
        share = cast.contacts[unit][:6] + cast.heads[unit][:4]
        who += [(account, unit, []) for account in share]
    somebody = []
    for n, (account, unit, numbers) in enumerate(who[:CALLERS]):
        browser = Browser(there.url, patience=60)
        if not browser.sign_in(account, people.PASSWORD):
            raise RuntimeError(f"{account} cannot sign in: {browser.statuses}")
        somebody.append(Somebody(browser, unit, numbers, seed * 1000 + n))
    return somebody, _let_loose(somebody, list(own.values()), seconds)


def _let_loose(somebody: list[Any], numbers: list[str], seconds: float) -> float:
    """All of them, side by side; the seconds that it took. What there is to act on is looked up anew."""
    stop, ground = threading.Event(), _ground(numbers)
    threads = [threading.Thread(target=one.run, args=(ground, stop, 100_000)) for one in somebody]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    while time.monotonic() - begun < seconds:
        time.sleep(0.5)
        ground.orders.update(_ground(numbers).orders)
    stop.set()
    for thread in threads:
        thread.join()
    return time.monotonic() - begun


def _ground(numbers: list[str]) -> Any:
    from hotline.cases.models import WorkOrder  # noqa: PLC0415
    from tools.proofs.mischief import Ground  # noqa: PLC0415

    orders: dict[str, list[tuple[int, str]]] = {}
    rows = WorkOrder.objects.order_by("-id").values_list("unit__code", "pk", "case__number")
    for unit, pk, number in rows[:200]:
        orders.setdefault(unit, []).append((pk, number or ""))
    return Ground(numbers, orders)


def _submitted(there: Installation, account: str) -> str:
    from tools.proofs.lives import NUMBER  # noqa: PLC0415

    browser = Browser(there.url)
    browser.sign_in(account, people.PASSWORD)
    form = form_with(browser.get("/requests/new/").text, "key")
    if form is None:
        raise RuntimeError("no form to submit with")
    words = {"type": "QZ", "mode": "NAMED", "category": "H203", "body": BODY}
    found = NUMBER.search(browser.send("/requests/new/", form, words).text)
    browser.close()
    if found is None:
        raise RuntimeError("nothing was submitted")
    return found[0]


def _compare(there: Installation, somebody: list[Any], took: float) -> list[str]:
    from hotline.cases.models import Case, Step  # noqa: PLC0415
    from hotline.cases.models.record import Side  # noqa: PLC0415
    from tools.proofs.invariants import broken  # noqa: PLC0415

    statuses: Counter[int] = Counter()
    worked: Counter[tuple[str, str]] = Counter()
    found: list[str] = []
    for one in somebody:
        statuses.update(one.tried.statuses)
        worked.update(one.tried.worked)
        found += one.tried.faults
    found += [
        f"{c.number}: {fault}" for c in Case.objects.exclude(number=None) for fault in broken(c)
    ]
    by_people = Step.objects.exclude(side=Side.SYSTEM).exclude(verb__in=("submit", "absorb"))
    steps = Counter((c or "", v) for c, v in by_people.values_list("case__number", "verb"))
    of_case, said = Counter[str](), Counter[str]()
    for (number, _verb), n in steps.items():
        of_case[number] += n
    for (number, _verb), n in worked.items():
        said[number] += n
    for number in sorted(set(of_case) | set(said)):
        if of_case[number] != said[number]:
            apart = {
                v: (n, worked[number, v])
                for (c, v), n in steps.items()
                if c == number and n != worked[number, v]
            }
            found.append(
                f"{number}: {of_case[number]} steps, {said[number]} answers that it has worked; {apart}"
            )
    log = (there.home / "postgres" / "log").read_text(errors="replace")
    deadlocks = log.count("deadlock detected")
    print(
        f"{sum(statuses.values())} answers in {took:.0f} s: {dict(sorted(statuses.items()))}; "
        f"{sum(worked.values())} acts worked, {sum(steps.values())} steps; "
        f"states {dict(Counter(Case.objects.values_list('state', flat=True)))}; "
        f"deadlocks in the database's log {deadlocks}, of them shown as a fault {statuses[503] + statuses[500]}"
    )
    print(
        f"verbs: {dict(Counter({v: sum(n for (_c, w), n in steps.items() if w == v) for _k, v in steps}))}"
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
