"""Two Chinese languages, whole and each in its own script."""

import re

import pytest

from core.i18n import LANGUAGES
from dev import translate
from tests.source_tree import ROOT

PLACES = {"the site": ROOT, "polls": ROOT / "examples" / "blueprints" / "polls"}
SIMPLIFIED = (
    "们个这说时会来对发现过为国从学开关点还没话让该页选图称联门间题类显错误请认设书记网连链头应实长写读语议论评赞动"
    "态码号务处权条传阅员离级组结给经见视觉证词试详谁谢贴费资转轻较输边达运进远适邮释钟钮锁随难隐静须顶项预领频风馆"
    "验龙东两业丢严丰临举义乐买乱争亲仅价众优伤体备复够宁宝审宽将尝尽带帮库异张强归径总恋恶惯愿戏户执扩扫择换据损数"
    "断无旧暂术机杂极构标样档检欢残气汉浏测满滚灭灯灵热爱状独环电画疗监盘确种积稳签简紧约纪纳纸线练终绍绑统继绩续维"
    "综绿缓编缩罗罚职声肃脚脑节获营虑虽补装规览触订计讨训讯许访识诉诚询调谈负败账质购赖赶跃践车载辑辞迁迟递遗针钥铁"
    "银键镜闭问闲闻阶阵际陆险雾韩顺颜额饭饮驱鱼鸟黄齐"
)
TRADITIONAL = (
    "們個這說時會來對發現過為國從學開關點還沒話讓該頁選圖稱聯門間題類顯錯誤請認設書記網連鏈頭應實長寫讀語議論評讚動"
    "態碼號務處權條傳閱員離級組結給經見視覺證詞試詳誰謝貼費資轉輕較輸邊達運進遠適郵釋鐘鈕鎖隨難隱靜須頂項預領頻風館"
    "驗龍東兩業丟嚴豐臨舉義樂買亂爭親僅價眾優傷體備復夠寧寶審寬將嘗盡帶幫庫異張強歸徑總戀惡慣願戲戶執擴掃擇換據損數"
    "斷無舊暫術機雜極構標樣檔檢歡殘氣漢瀏測滿滾滅燈靈熱愛狀獨環電畫療監盤確種積穩簽簡緊約紀納紙線練終紹綁統繼績續維"
    "綜綠緩編縮羅罰職聲肅腳腦節獲營慮雖補裝規覽觸訂計討訓訊許訪識訴誠詢調談負敗帳質購賴趕躍踐車載輯辭遷遲遞遺針鑰鐵"
    "銀鍵鏡閉問閒聞階陣際陸險霧韓順顏額飯飲驅魚鳥黃齊"
)
OTHER_SCRIPT = {"zh_Hans_CN": set(TRADITIONAL), "zh_Hant_TW": set(SIMPLIFIED)}
"""Characters that everyday texts of the other script are full of, and this one never has."""

BETWEEN_HAN = re.compile(r"[\u4e00-\u9fff] [\u4e00-\u9fff]")
ASCII_MARK_AFTER_HAN = re.compile(r"[\u4e00-\u9fff][,;:?!](?!\w)|[\u4e00-\u9fff]\.(?![\w.])")
WORDS = {
    "Circles": ("圈子", "圈子"), "Members": ("成员", "成員"), "Settings": ("设置", "設定"), "Search": ("搜索", "搜尋"),
}  # fmt: skip


def messages(place: str, locale: str) -> list[tuple[object, str]]:
    catalog = translate.read(locale, PLACES[place])
    return [(message.id, text) for message in catalog if message.id
            for text in ([message.string] if isinstance(message.string, str) else message.string)]  # fmt: skip


each_catalogue = [
    pytest.mark.parametrize("place", PLACES),
    pytest.mark.parametrize("locale", translate.LOCALES),
]


def everywhere(test):
    for mark in each_catalogue:
        test = mark(test)
    return test


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_missing_fuzzy_stale_or_not_compiled(place):
    """The sentences are those of the source, all are translated with the same placeholders, and the .mo is the .po."""
    assert translate.check(PLACES[place]) == []


def test_there_is_a_catalogue_for_every_language_but_the_source():
    assert set(translate.LOCALES) == set(LANGUAGES.values()) - {"en"}
    assert {path.name for path in (ROOT / "translations").iterdir() if path.is_dir()} == set(translate.LOCALES)


@everywhere
def test_each_is_written_in_its_own_script(place, locale):
    for source, text in messages(place, locale):
        assert not set(text) & OTHER_SCRIPT[locale], f"{source}: {text}"


@everywhere
def test_nothing_is_shouted_and_marks_are_chinese(place, locale):
    for source, text in messages(place, locale):
        assert "!" not in text and "！" not in text, f"{source}: {text}"
        assert not BETWEEN_HAN.search(text), f"{source}: a space between characters: {text}"
        assert not ASCII_MARK_AFTER_HAN.search(text), f"{source}: an ASCII mark: {text}"


@everywhere
def test_what_is_translated_is_translated(place, locale):
    """A sentence that is the same in both languages is a name, a number or a mark."""
    for source, text in messages(place, locale):
        if source == text:
            assert len(re.findall(r"[A-Za-z]{2,}", re.sub(r"%\(\w+\)s", "", text))) <= 2, text


@pytest.mark.parametrize("at", [0, 1], ids=translate.LOCALES)
def test_the_words_of_the_house_are_used(at):
    known = dict(messages("the site", translate.LOCALES[at]))
    for source, texts in WORDS.items():
        assert known.get(source, texts[at]) == texts[at]


def test_the_two_are_not_copies_of_one_another():
    hans, hant = (dict(messages("the site", locale)) for locale in translate.LOCALES)
    assert set(hans) == set(hant)
    same = [source for source in hans if hans[source] == hant[source]]
    assert len(same) < len(hans) / 4
