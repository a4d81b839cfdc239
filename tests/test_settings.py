"""Settings: read once, overridden by the environment, every fault named."""

from pathlib import Path

import pytest

from offersmith.errors import SettingsError
from offersmith.settings import FILE, Settings, load, parse


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), {}) == Settings()


def test_the_environment_comes_last_and_keeps_its_types(tmp_path: Path) -> None:
    folder = write(tmp_path, '[shop]\ncurrency = "USD"\n[plan]\nexplore = 0.5\n')
    settings = load(
        folder, {"OFFERSMITH_SHOP__CURRENCY": "EUR", "OFFERSMITH_PLAN__EXPLORE": "0.25", "OFFERSMITH_LANG": "zh"}
    )
    assert settings.shop.currency == "EUR"
    assert settings.plan.explore == 0.25


@pytest.mark.parametrize(
    ("stated", "wished", "language"),
    [
        ("en", {}, "en"),
        ("zh", {}, "zh"),
        ("en", {"OFFERSMITH_LANG": "zh"}, "zh"),
        ("zh", {"OFFERSMITH_LANG": "en"}, "en"),
        ("en", {"OFFERSMITH_LANG": "zh_CN.UTF-8"}, "zh"),
        ("zh", {"OFFERSMITH_LANG": ""}, "zh"),
        ("en", {"OFFERSMITH_SHOP__LANGUAGE": "zh"}, "zh"),
    ],
)
def test_one_language_for_all_that_is_said(tmp_path: Path, stated: str, wished: dict[str, str], language: str) -> None:
    """Cards, pages and answers all ask the settings, so that one rule holds for them."""
    assert load(write(tmp_path, f'[shop]\nlanguage = "{stated}"\n'), wished).shop.language == language


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[shop]\ncurency = 'USD'", "curency"),
        ("[shop]\ncurrency = 'dollars'", r"\$\.shop\.currency"),
        ("[shop]\ntimezone = 'Mars/Olympus'", "Mars/Olympus"),
        ("[economics]\nmargin_rate = 3", "margin_rate"),
        ("[plan]\nexplore = 'some'", "explore"),
        ("[shop", "not valid TOML"),
        ("[shop]\ncurency = 'USD'", "did you mean currency"),
        ("[shp]\nname = 'x'", "did you mean shop"),
        ("[shop]\nlanguage = 'de'", "allowed: en, zh"),
        ("[ledger]\nurl = 'ledger.db'", r"\$\.ledger\.url"),
        ("[[events]]\nfile = 'x.csv'", "did you mean files"),
    ],
)
def test_a_fault_names_the_key(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        load(write(tmp_path, text), {})


def test_a_folder_without_settings_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="offersmith init"):
        load(tmp_path, {})


def test_a_list_of_tables_is_kept_as_it_is() -> None:
    settings = parse({"events": [{"kind": "csv", "files": ["a.csv"]}]})
    assert settings.events[0].files == ("a.csv",)
