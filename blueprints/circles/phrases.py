"""Made-up texts for the generator of large databases: short posts and comments out of a built-in vocabulary, about two
thirds Chinese and one third English. `RARE` is a two-character word that about one post in a hundred contains, inside a
sentence, so that search has something to look for."""

import random
from dataclasses import dataclass

from core import markup

RARE = "江边"
RARE_SHARE = 0.01

_WHO = ("今天", "早上", "傍晚", "下班以后", "周末", "昨天夜里", "午休的时候", "刚才", "这个星期")
_WHERE = ("公园里", "楼下", "阳台上", "地铁口", "图书馆", "菜场旁", "河对岸", "老街上", "操场边", "厨房里", "山脚下")
_DID = (
    "跑了五公里", "读完一章", "种下新苗", "修好旧灯", "煮了一锅汤", "拍了一卷胶片", "学会换轮胎",
    "整理旧照片", "练了半小时琴", "写完一封信", "烤了一盘面包", "遇见老同学", "数了一遍星星", "看了一场球",
)  # fmt: skip
_FELT = (
    "比想象的轻松。", "腿有点酸，心里很静。", "下次还想再来。", "有人愿意一起吗？", "记下来给自己看。",
    "顺便带了一份给邻居。", "风刚刚好。", "中间停了两次，也算完成。", "照片以后补上。",
)  # fmt: skip
_LISTED = ("时间：晚上七点半", "集合：东门", "带水和一件外套", "新朋友直接来", "雨天改到下周", "名额十二个")
_TITLES = (
    "本周安排", "一点心得", "求建议", "新手问题", "照片几张", "路线更新", "小结", "周末见",
    "Notes from today", "A question", "This week", "What I learned",
)  # fmt: skip
_EN_WHEN = ("This morning", "After work", "On the way home", "Last night", "Before the rain", "On Sunday")
_EN_DID = (
    "I walked the long way round", "we repaired the old lamp", "I read ten pages and stopped",
    "we counted the seedlings", "I baked with too little salt", "we met by the east gate",
    "I learned one new chord", "we shared the last table",
)  # fmt: skip
_EN_FELT = (
    "It was better than planned.", "I would do it again tomorrow.", "Who wants to come along next time?",
    "Nothing special, and that was the point.", "Thanks for the advice, it helped.", "Slow is fine.",
)  # fmt: skip
_REPLIES = (
    "说得对，我也这样觉得。", "下次叫上我。", "请问几点开始？", "收藏了，谢谢。", "我上周试过，管用。", "慢慢来。",
    "Count me in.", "Well said.", "How long did it take?", "That made my day.", "I tried this too, it works.",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A text that was cleaned once and is used for many rows."""

    title: str
    source: str
    rendered: markup.Rendered


class Phrases:
    """The same seed gives the same texts."""

    def __init__(self, seed: int, posts: int = 400, comments: int = 120) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - filler
        rare = max(1, round(posts * RARE_SHARE))
        self.posts = [self._sample(self._post(with_rare=index < rare)) for index in range(posts)]
        self.dice.shuffle(self.posts)
        self.comments = [self._sample(("", self._comment())) for _ in range(comments)]

    def _sample(self, text: tuple[str, str]) -> Sample:
        title, source = text
        return Sample(title, source, markup.render(source))

    def _post(self, *, with_rare: bool) -> tuple[str, str]:
        pick = self.dice.choice
        english = self.dice.random() < 0.33 and not with_rare
        sentences = [self._english() if english else self._chinese() for _ in range(self.dice.randint(1, 3))]
        if with_rare:
            sentences.insert(0, f"{pick(_WHO)}沿着{RARE}走了一圈，{pick(_FELT)}")
        body = (" " if english else "").join(sentences)
        if self.dice.random() < 0.2:
            body = f"**{pick(_TITLES)}**\n\n{body}"
        if self.dice.random() < 0.15:
            body += "\n\n" + "\n".join(f"- {line}" for line in self.dice.sample(_LISTED, 3))
        return (pick(_TITLES) if self.dice.random() < 0.25 else ""), body

    def _chinese(self) -> str:
        pick = self.dice.choice
        return f"{pick(_WHO)}在{pick(_WHERE)}{pick(_DID)}，{pick(_FELT)}"

    def _english(self) -> str:
        pick = self.dice.choice
        return f"{pick(_EN_WHEN)} {pick(_EN_DID)}. {pick(_EN_FELT)}"

    def _comment(self) -> str:
        return self.dice.choice(_REPLIES) + (self._chinese() if self.dice.random() < 0.3 else "")
