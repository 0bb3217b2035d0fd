"""Which places a text names, and which province each lies in."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.regions import PREFECTURES, places, province_of, within


@pytest.mark.parametrize(
    ("text", "named"),
    [
        # provinces, prefectures and districts, in short and in full
        ("湖南省长沙市工业企业", ("湖南", "长沙")),
        ("重庆两江新区", ("重庆", "两江新区")),
        ("上海浦东", ("上海", "浦东")),
        ("新疆生产建设兵团", ("新疆", "生产建设兵团")),
        # in the order of the text, each once
        ("长沙市、株洲市和长沙县", ("长沙", "株洲")),
        # the longest name wins
        ("黑龙江省", ("黑龙江",)),
        ("内蒙古自治区", ("内蒙古",)),
        ("广东东莞", ("广东", "东莞")),
        # names that are words elsewhere are taken in their full form alone
        ("吉林省吉林市", ("吉林", "吉林市")),
        ("朝阳产业", ()),
        ("朝阳区", ("朝阳区",)),
        ("中山装", ()),
        ("南开大学", ()),
        # none
        ("全国各地", ()),
        ("", ()),
    ],
)
def test_places(text: str, named: tuple[str, ...]) -> None:
    assert places(text) == named


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("长沙", "湖南"),
        ("湖南", "湖南"),
        ("朝阳区", "北京"),
        ("朝阳市", "辽宁"),
        ("吉林市", "吉林"),
        ("海南州", "青海"),
        ("海南", "海南"),
    ],
)
def test_provinces(place: str, province: str) -> None:
    assert province_of(place) == province


@pytest.mark.parametrize(
    ("place", "near", "far"),
    [
        ("湖南", ["湖南", "长沙", "湘西"], ["湖北", "武汉"]),
        ("长沙", ["长沙", "湖南"], ["株洲", "湖北"]),
        ("澳门", ["澳门"], ["香港"]),
    ],
)
def test_whose_notices_may_apply(place: str, near: list[str], far: list[str]) -> None:
    found = within(place)
    assert set(near) <= set(found)
    assert not set(far) & set(found)


def test_the_table_has_every_province_and_every_place_once() -> None:
    # 23 provinces, 5 autonomous regions, 4 municipalities and 2 special administrative regions.
    assert len(PREFECTURES) == 34
    counted = Counter([*PREFECTURES, *(name for names in PREFECTURES.values() for name in names.split())])
    assert [place for place, count in counted.items() if count > 1] == []
    assert [place for place in counted if len(place) < 2] == []


def test_every_place_is_found_in_its_own_name() -> None:
    for province, names in PREFECTURES.items():
        for name in [province, *names.split()]:
            assert name in places(name) or places(name) == (name,)
            assert province_of(places(name)[0]) == province
