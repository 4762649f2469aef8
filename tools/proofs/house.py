"""What the house remembers, beside what people were told: every difference, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tools.proofs.browser import Outcome
from tools.proofs.ledger import Entry

SUBMIT, TELL = "submit", "tell"


@dataclass
class House:
    """What the database says in the end."""

    requests: dict[str, str] = field(default_factory=dict)  # numbers by the forms' own keys
    numbers: Counter[str] = field(default_factory=Counter)  # of every request
    steps: Counter[tuple[str, str]] = field(default_factory=Counter)  # by number and verb
    ratings: Counter[str] = field(default_factory=Counter)  # by number
    told: Counter[str] = field(default_factory=Counter)  # messages by the key of their asking
    jobs: Counter[str] = field(default_factory=Counter)  # in the queue, by name and state
    untold: list[str] = field(default_factory=list)  # steps of which nobody was told who should be
    broken: list[str] = field(default_factory=list)  # requests that break what must always hold


def differences(entries: Iterable[Entry], house: House) -> list[str]:
    """What was acknowledged is there once; what was lost at most once; and nothing else is."""
    entries = list(entries)
    found = [
        *_of_requests(entries, house),
        *_of_steps(entries, house),
        *_of_messages(entries, house),
    ]
    found += [f"{number} was given {n} times" for number, n in house.numbers.items() if n > 1]
    found += _gaps(house.numbers)
    found += [f"{n} jobs are {what}" for what, n in sorted(house.jobs.items())]
    return found + house.untold + house.broken


def _of_requests(entries: list[Entry], house: House) -> list[str]:
    sent = {entry.ref for entry in entries if entry.verb == SUBMIT}
    found = [
        f"form {entry.ref}: told {entry.number}, and there is {house.requests.get(entry.ref) or 'none'}"
        for entry in entries
        if entry.verb == SUBMIT and entry.outcome == Outcome.DONE.value
        and house.requests.get(entry.ref) != entry.number
    ]  # fmt: skip
    found += [
        f"{number} came of a form that nobody sent"
        for key, number in house.requests.items()
        if key not in sent
    ]
    return found


def _of_steps(entries: list[Entry], house: House) -> list[str]:
    """Each step as often as it was acknowledged, or up to as often as an answer was lost more."""
    sure = Counter((e.ref, e.verb) for e in entries if e.outcome == Outcome.DONE.value)
    open_ = Counter((e.ref, e.verb) for e in entries if e.outcome == Outcome.LOST.value)
    verbs = {e.verb for e in entries} - {SUBMIT, TELL}
    found = []
    for (number, verb), there in {**dict.fromkeys(sure | open_, 0), **house.steps}.items():
        if verb not in verbs:
            continue
        least, most = sure[number, verb], sure[number, verb] + open_[number, verb]
        if not least <= there <= most:
            found.append(
                f"{number}: {verb} acknowledged {least}, lost {most - least}, there {there}"
            )
        if verb == "rate" and house.ratings[number] != there:
            found.append(f"{number}: {there} steps of rating, {house.ratings[number]} ratings")
    begun = Counter({(number, SUBMIT): 1 for number in house.requests.values()})
    return found + [
        f"{number}: submitted {house.steps[number, verb]} times"
        for number, verb in begun
        if house.steps[number, verb] != 1
    ]


def _of_messages(entries: list[Entry], house: House) -> list[str]:
    sure = {e.ref for e in entries if e.verb == TELL and e.outcome == Outcome.DONE.value}
    asked = {e.ref for e in entries if e.verb == TELL}
    found = [f"message {key} is not there" for key in sorted(sure - set(house.told))]
    found += [f"message {key} is there {n} times" for key, n in house.told.items() if n > 1]
    return found + [f"message {key} was never asked for" for key in sorted(set(house.told) - asked)]


def _gaps(numbers: Iterable[str]) -> list[str]:
    """Numbers of a month follow each other without a gap."""
    months: dict[str, set[int]] = {}
    for number in numbers:
        month, serial, _digit = number.removeprefix("RX").split("-")
        months.setdefault(month, set()).add(int(serial))
    return [
        f"month {month}: {sorted(set(range(1, max(serials) + 1)) - serials)[:5]} of {max(serials)} are missing"
        for month, serials in months.items()
        if len(serials) != max(serials)
    ]


def deliveries(
    seen: Counter[str], messages: dict[str, tuple[str, bool]]
) -> tuple[list[str], int, int]:
    """What a gateway was asked, beside what the outbox says: differences, doubled, reported as doubtful.

    ``messages`` are state and doubt by the reference that the gateway knows.
    """
    found = [
        f"the gateway was asked {ref}, which is no message" for ref in seen if ref not in messages
    ]
    for ref, (state, doubtful) in messages.items():
        if state == "SENT" and not seen[ref]:
            found.append(f"{ref} says that it was sent, and the gateway knows nothing of it")
        if seen[ref] > 1 and not doubtful:
            found.append(f"{ref} went out {seen[ref]} times, and nobody says so")
        if state in {"READY", "SENDING", "FAILED"}:
            found.append(f"{ref} is {state} in the end")
    doubled = sum(times > 1 for times in seen.values())
    return found, doubled, sum(doubtful for _state, doubtful in messages.values())
