"""What somebody gives when they ask: who they are, and what they say."""

from dataclasses import dataclass, field

from hotline.cases.codes import Channel, Mode
from hotline.cases.services.files import Upload
from hotline.catalog import shelf
from hotline.catalog.models import Category, Place, RequestType
from hotline.people.actor import Actor
from hotline.people.models import Unit


@dataclass
class Person:
    """Who asks, as they or a clerk gave it."""

    name: str = ""
    account: str = ""
    phone: str = ""
    kind: str = ""
    college: Unit | None = None
    grade: str = ""

    @classmethod
    def of(cls, actor: Actor) -> "Person":
        """The signed-in person's own data."""
        user = actor.user
        if user is None:
            return cls()
        shelf.current().attach([user], "college")
        return cls(
            user.name,
            user.account,
            user.phone or "",
            user.kind,
            user.college,
            user.grade,
        )


@dataclass
class Words:
    """What a request says, before it is one."""

    body: str
    title: str = ""
    type: RequestType | None = None
    category: Category | None = None
    place: Place | None = None
    place_detail: str = ""
    target_unit: Unit | None = None
    mode: str = Mode.NAMED
    channel: str = Channel.WEB
    city_number: str = ""
    named: str = ""  # 涉及人员: names or numbers of the staff that it is about
    about_office: bool = False  # 反映热线办: closed to it from the first moment
    legacy_number: str = ""
    files: list[Upload] = field(default_factory=list)
    notice: str = ""  # the version of the privacy notice that they were shown; "" where none was
    consents: frozenset[str] | None = None  # to what they agreed; None: nobody was asked
