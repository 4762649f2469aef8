"""Chinese texts that read like requests and answers: made of parts, never twice the same."""

from collections.abc import Sequence
from random import Random

SURNAMES = "赵钱孙李周吴郑王冯陈杨朱秦许何吕张孔曹金魏陶谢邹苏潘葛范彭鲁韦马方任袁柳唐薛雷贺"
GIVEN = "子涵雨桐浩然梓萱一诺思远嘉怡宇轩欣妍俊杰雅婷文博晓明志强丽娜海燕建国秀英鹏飞静怡"

WHEN = (
    "昨天晚上十点左右", "从上周三开始", "这学期开学以来", "今天早上第一节课前", "最近半个月",
    "国庆放假回来以后", "期末复习这几天", "连续三个晚上", "中午下课高峰时", "周末两天",
)  # fmt: skip
WHERE = (
    "东区三号宿舍楼二层", "西校区学生公寓", "第二食堂一楼", "图书馆四层自习室", "南门快递站旁",
    "教学楼A座302教室", "研究生公寓五号楼", "体育馆北侧", "实验楼六层", "行政楼一楼大厅",
)  # fmt: skip
PROBLEMS = (
    "一直没有解决，报修了两次都没有人来看", "反复出现问题，每次处理完第二天又恢复原样",
    "和通知上写的不一样，现场的工作人员也说不清楚", "排队时间特别长，经常轮到我们就停止办理了",
    "声音很大，影响大家休息和第二天上课", "登录以后提示没有权限，换了浏览器也不行",
    "收费标准没有公示，问了几个窗口说法都不一致", "水压很小，高层基本用不了，同学们只能下楼去接",
)  # fmt: skip
MORE = (
    "我们宿舍六个人都受到影响，隔壁几间的情况也是一样。", "打过服务电话，接电话的老师说已经记录，但之后就没有回音了。",
    "附近的同学建了一个群，里面有三十多人都在说这件事。", "我知道老师们工作也很忙，所以先等了几天才来反映。",
    "如果需要现场查看，工作日下午四点以后我都在。", "上学期也出现过类似的情况，当时修了两周才好。",
    "照片已经拍了，需要的话可以补充。", "希望能给一个明确的时间，大家好提前安排。",
    "有几位准备考研的同学意见比较大，说已经影响到复习进度。", "按照学校的规定这一项应该由管理单位负责，不应该让学生自己承担费用。",
)  # fmt: skip
ASKS = (
    "请尽快安排人员处理，谢谢。", "希望学校重视并给出答复。", "请问应该找哪个部门办理，需要带什么材料？",
    "建议调整一下时间安排，方便大家。", "盼回复，辛苦老师了。",
)  # fmt: skip
DONE = (
    "您好，您反映的{thing}问题已收悉。我单位当日派人到现场查看，情况属实",
    "同学您好，关于{thing}的情况，我们与相关科室核实后答复如下",
    "您好！{thing}一事已按规定办理完毕，现将结果告知",
)  # fmt: skip
RESULTS = (
    "现已更换损坏的部件，并安排值班人员每天巡查一次", "已与服务单位约谈，要求其在三个工作日内整改到位",
    "相关通知已在网站首页更新，各窗口统一按新的口径答复", "设备厂家的工程师已调试完成，目前运行正常",
    "由于涉及施工，预计需要两周左右，期间提供临时替代方案", "该事项按现行办法执行，具体流程已电话向您说明",
)  # fmt: skip
THANKS = ("感谢您的监督和理解。", "如有问题可随时联系我们。", "给您带来不便，敬请谅解。")
OPINIONS = (
    "请按时限办理并答复诉求人。",
    "请现场核实后答复，注意先与诉求人联系。",
    "请会同协办单位研究处理。",
)


def name(rng: Random) -> str:
    """A person's name of two or three characters."""
    return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2, 2))))


def body(rng: Random, things: Sequence[str]) -> str:
    """What somebody writes about one of ``things``: 60 to 300 characters."""
    thing = rng.choice(things)
    text = f"{rng.choice(WHEN)}，{rng.choice(WHERE)}的{thing}{rng.choice(PROBLEMS)}。"
    least = rng.choice((60, 60, 80, 100, 120, 160, 200, 240))
    for sentence in rng.sample(MORE, 6):
        if len(text) >= least:
            break
        text += sentence
    return text + rng.choice(ASKS)


def answer(rng: Random, things: Sequence[str]) -> str:
    """What a unit answers: 60 to 200 characters."""
    text = rng.choice(DONE).format(thing=rng.choice(things))
    results = rng.sample(RESULTS, rng.choice((1, 2, 3)))
    return f"{text}：{'；'.join(results)}。{rng.choice(THANKS)}"
