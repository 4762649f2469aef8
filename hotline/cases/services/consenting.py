"""Choices of a requester, written down: given, not given, withdrawn; and which notice was read."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import consents, policies
from hotline.cases.codes import State
from hotline.cases.models import Case, Consent, ConsentKind, NoticeRead
from hotline.cases.services.given import Words
from hotline.catalog import privacy
from hotline.people.actor import Actor
from hotline.people.models import User


def refuse_outdated(words: Words, *, at: datetime) -> None:
    """A notice that changed while somebody wrote is shown before the request is sent. Raises Invalid."""
    if words.notice and words.notice != privacy.version_at(at):
        raise Invalid(_("隐私告知刚刚更新，请阅读后再提交。您填写的内容都在。"))


def record(
    case: Case, words: Words, *, clerk: User | None, reader: User | None, at: datetime
) -> None:
    """Write down what was chosen as a request was sent; of no kind where nobody was asked.

    ``reader`` is who has read the notice by sending the form: nobody of an anonymous request.
    """
    if words.consents is not None:
        Consent.objects.bulk_create(
            Consent(
                case=case, kind=kind, given=kind in words.consents, notice=words.notice, by=clerk, at=at,
            )
            for kind in consents.kinds_for(case.mode)
        )  # fmt: skip
    if words.notice and reader is not None and clerk is None:
        read(reader, version=words.notice, at=at)


def choose(case: Case, kind: str, *, given: bool, by: Actor, at: datetime) -> None:
    """The requester agrees to something, or no longer. The same again changes nothing.

    Raises NotAllowed for anybody else, Invalid for what there is not, WrongState for a draft.
    """
    if not policies.is_requester(by, case):
        raise NotAllowed(_("只有诉求人本人可以修改。"))
    if kind not in consents.kinds_for(case.mode):
        raise Invalid(_("请从列出的选项中选择。"))
    if case.state == State.DRAFT or case.erased_at is not None:
        raise WrongState(_("这件诉求现在不能修改授权。"))
    now = consents.standing(case).get(kind)
    if now is None or now.given != given:
        version = privacy.version_at(at)
        Consent.objects.create(
            case=case, kind=ConsentKind(kind), given=given, notice=version, at=at
        )


def read(user: User, *, version: str, at: datetime) -> None:
    """A person has read the notice in force. Raises Invalid for another version."""
    refuse_other(version, at=at)
    NoticeRead.objects.get_or_create(user=user, version=version, defaults={"at": at})


def read_for(case: Case, *, version: str, by: Actor, at: datetime) -> None:
    """Whoever bears a request's number and code has; it is written down without a person.

    Raises NotAllowed for anybody else, Invalid for a version that is not in force.
    """
    refuse_other(version, at=at)
    if not policies.is_requester(by, case):
        raise NotAllowed(_("只有诉求人本人可以修改。"))
    NoticeRead.objects.get_or_create(case=case, version=version, defaults={"at": at})


def refuse_other(version: str, *, at: datetime) -> None:
    """Only the notice in force can be acknowledged. Raises Invalid."""
    if version != privacy.version_at(at):
        raise Invalid(_("隐私告知刚刚又有更新，请重新阅读。"))
