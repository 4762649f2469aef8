"""Signs of a crisis in a text: tuned to miss little, and never a verdict.

Two strengths. A plain statement about one's own life, or of danger going on, opens the crisis
lane by itself; a weaker sign puts the request on top of the triage queue and shows the numbers
to call. A few words that only sound alike (笑死我了, 饿死了) are taken out first. No hit says
nothing: anyone may raise the alarm at any time.
"""

import re
from enum import IntEnum

HARMLESS = re.compile(
    r"(?:笑|饿|热|冷|冻|困|累|渴|挤|吵|烦|气|急|羞|难看|难吃|吓|丑|慢|堵|晒|馋|穷|土|香)死(?:我|人|个人|了|啦)*"
    r"|(?:死机|死角|死循环|死胡同|死板|死缠|卡死|锁死|打死也|死活|死贵|死水|死线|自杀式)"
    r"|(?:系统|网站|网页|页面|平台|服务器|网络|软件|程序|电脑|手机|小程序|app)(?:又|都|总|总是|经常|老|老是|已经|全|一直)*崩溃"
    r"|deadline|dead ?lock|to die for|dying to",
    re.IGNORECASE,
)
STRONG = re.compile(
    r"(?:我|自己|本人).{0,12}(?:想死|不想活|活不下去|自杀|自尽|轻生|跳楼|割腕|结束(?:自己的?)?生命|了结)"
    r"|(?:想死|不想活了?|活不下去|活着没意思|不如死了|死了算了|准备跳楼|要跳楼|正在割腕|吞了.{0,6}药|遗书|来生再见|永别了)"
    r"|(?:正在|马上就?|现在就?)(?:打人|捅人|持刀|砍人|跳楼|自杀|着火)"
    r"|从.{0,8}(?:楼|天台|阳台|窗|桥).{0,4}跳|(?:要|想|准备|打算).{0,10}跳下去"
    r"|(?:拿|持|提)着?刀.{0,6}(?:追|砍|捅|威胁|要)"
    r"|(?:kill|hurt|harm)(?:ing)? (?:myself|himself|herself|themsel)|end my life|want to die|suicid"
    r"|(?:don'?t|do not|no longer) want to (?:live|be alive)(?! (?:in|with|at|on|near|here|there|next))"
    r"|better off dead"
    r"|自殺|死にたい|죽고 ?싶|자살|me suicider|хочу умереть|أريد أن أموت",
    re.IGNORECASE,
)
WEAK = re.compile(
    r"轻生|自杀|自残|抑郁|绝望|崩溃|想不开|撑不下去|坚持不下去|解脱|没有意义|没意思|遗言|告别|送给.{0,8}(?:留念|做纪念)|杀了|弄死|同归于尽"
    r"|报复社会|持刀|depress|hopeless|self.?harm|say(?:ing)? goodbye|give(?:s|n)? away (?:all|every)",
    re.IGNORECASE,
)


class Sign(IntEnum):
    NONE = 0
    WEAK = 1
    STRONG = 2


def screen(*texts: str) -> Sign:
    """The strongest sign of a crisis in these texts."""
    text = HARMLESS.sub(" ", " ".join(texts))
    if STRONG.search(text):
        return Sign.STRONG
    return Sign.WEAK if WEAK.search(text) else Sign.NONE
