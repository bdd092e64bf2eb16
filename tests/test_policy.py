"""The company's own rules: what is read, what is refused and where, and that no text makes a pattern slow."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from intake import patterns
from intake.policy import Policy, Vip
from storage.kinds import Priority

ROOT = Path(__file__).parent.parent


def _read(folder: Path, text: str) -> Policy:
    path = folder / "policy.toml"
    path.write_text(text, "utf-8")
    return Policy.read(path)


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    """What docs/policy.md shows is a policy, with all of its sections."""
    page = (ROOT / "docs/policy.md").read_text()
    policy = _read(tmp_path, page.partition("```toml\n")[2].partition("```")[0])
    assert [(one.line, one.months) for one in policy.warranties] == [("Kettles", 36), ("Everything else", 24)]
    assert {kind for kind, _ in policy.numbers.patterns} == {"serial_number", "order_number", "product_number"}
    assert policy.returns_days == 30
    assert policy.send_to.startswith("Example Ltd, Returns")
    assert policy.vip.includes("ANNA@example.com")
    assert policy.deadlines.of(Priority.HIGH) == timedelta(hours=4)


def test_an_empty_file_is_a_policy_that_says_nothing(tmp_path: Path) -> None:
    """No warranty, no pattern, no deadline, nobody important."""
    assert _read(tmp_path, "# later\n") == Policy()
    assert Policy().warranty("KX-200", None, None) is None
    assert Policy().deadlines.of(Priority.URGENT) is None


LINES = """
[[warranty]]
line = "Kettles"
months = 36
models = ['KX-\\d{3}']
[[warranty]]
line = "Drills"
months = 12
products = ['D\\d{4}']
serials = ['DR\\d{6}']
[[warranty]]
line = "Rest"
months = 24
"""


@pytest.mark.parametrize(
    ("model", "product", "serial", "line"),
    [
        ("Kettle kx-200", None, None, "Kettles"),
        ("KX-2000", None, None, "Rest"),
        (None, "D1234", None, "Drills"),
        (None, None, "dr123456", "Drills"),
        ("KX-200", None, "DR123456", "Kettles"),
        ("Toaster", None, None, "Rest"),
        (None, None, None, None),
    ],
)
def test_a_product_line_is_the_first_that_fits(
    tmp_path: Path, model: str | None, product: str | None, serial: str | None, line: str | None
) -> None:
    """Model, product or serial number decide; the line without patterns takes the rest."""
    found = _read(tmp_path, LINES).warranty(model, product, serial)
    assert (found.line if found else None) == line


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("[warranty]\nline = 'A'\n", 1, "two brackets"),
        ("[[warranty]]\nline = 'A'\nmonths = 12.5\n", 3, "months"),
        ("[[warranty]]\nline = 'A'\nmonths = true\n", 3, "months"),
        ("[[warranty]]\nmonths = 12\n", 1, "has a name"),
        ("[[warranty]]\nline='A'\nmonths=1\n[[warranty]]\nline='B'\nmonths=2\n", 4, "have no pattern"),
        ("[[warranty]]\nline='A'\nmonths=1\nmodels=['X']\n[[warranty]]\nline='a'\nmonths=2\n", 5, "twice"),
        (
            "[[warranty]]\nline='A'\nmonths=1\nmodels=['X1']\n[[warranty]]\nline='B'\nmonths=2\nmodels=['x1']\n",
            8,
            "belongs to “A”",
        ),
        ("\n[numbers]\norder = ['\\d+']\n", 3, "has no end"),
        ("[numbers]\norder = ['A', 'A']\n", 2, "twice"),
        ("[numbers]\norder = 'A'\n", 2, "list"),
        ("[numbers]\norder = ['A1']\nserial = ['a1']\n", 3, "one of order"),
        (f"[numbers]\norder = {[f'A{number}' for number in range(21)]}\n", 2, "20 patterns"),
        ("[numbers]\ninvoice = ['A']\n", 2, "unknown"),
        ("[number]\norder = ['A']\n", 1, "unknown"),
        ("[returns]\ndays = 0\n", 2, "days"),
        ("[returns]\nsend_to = 3\n", 2, "send_to"),
        ('[returns]\nsend_to = "Dock Street\\u0000"\n', 2, "control character"),
        ('[[warranty]]\nline = "Kettles\\nand more"\nmonths = 12\n', 2, "in one line"),
        ("[vip]\ndomains = ['big.example',\n 'no domain']\n", 3, "no domain"),
        ("[vip]\naddresses = [\n'big.example']\n", 3, "whole domains stand in domains"),
        ("[vip]\ncustomers = ['12']\n", 2, "number"),
        ("[deadlines]\nnormal = 4\nhigh = 24\n", 3, "more time"),
        ("[deadlines]\nurgent = 'soon'\n", 2, "hours"),
        ("[deadlines]\nurgent = nan\n", 2, "hours"),
        ("[deadlines\n", 1, "TOML"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_its_reason(tmp_path: Path, text: str, line: int, reason: str) -> None:
    """Contradictions too: nobody can say what was meant."""
    with pytest.raises(ValueError, match=re.escape(reason)) as refused:
        _read(tmp_path, text)
    assert f"policy.toml, line {line}: " in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "customer", "important"),
    [
        ("ceo@big.example", None, True),
        ("Ceo@Sales.Big.Example", None, True),
        ("ceo@notbig.example", None, False),
        ("big.example", None, True),
        ("anna@home.example", 12, True),
        ("anna@home.example", 13, False),
        ("", None, False),
    ],
)
def test_who_is_important_is_said_by_address_domain_or_number(
    address: str, customer: int | None, important: bool
) -> None:
    """A domain includes those below it, and no other that ends alike."""
    vip = Vip(domains=frozenset({"big.example"}), customers=frozenset({12}))
    assert vip.includes(address, customer) is important


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"A-\d{5,8}", "my order a-48213, please", "a-48213"),
        (r"A-\d{5,8}", "我的订单A-48213坏了", "A-48213"),
        (r"A-\d{5,8}", "XA-48213", None),
        (r"A-\d{5,8}", "A-482131234", None),
        (r"(?:KX|KY)[0-9A-F]{4}", "KY12af", "KY12af"),
        (r"(KX|KY)\.\d", "no KX7, but KX.7", "KX.7"),
        (r"[A-Z-]{2}\d", "it is B-7", "B-7"),
        (r"заказ \d{4}", "Заказ 4711", "Заказ 4711"),
    ],
)
def test_a_pattern_finds_a_number_that_stands_alone(pattern: str, text: str, found: str | None) -> None:
    """Capitals do not matter, and neither does what is no Latin letter beside it."""
    match = patterns.compiled(pattern).search(text)
    assert (match.group() if match else None) == found


@pytest.mark.parametrize(
    "pattern",
    [
        "", "(a", "a)", "a*", "a+", "a?+", "a{2}{3}", "a{3,2}", "a{1,999}", ".", "^a", "a$", r"\b", r"\1", "(?=a)",
        "(?P<x>a)", "(?i)a", "a?", "(|a)", "[]", "[^a]", "[z-a]", "[a&&b]", "{2}", "a|*", "(?:a{1,8}){1,8}",
        r"\w{1,30}\w{1,30}", r"\d{1,8}\d{1,8}\d{1,8}", "(?:a|a|aa){1,12}x", r"\d{65}", "x" * 201, r"\D",
        "(?:(?:a?){9}){9}", "(" * 190,
    ],
)  # fmt: skip
def test_a_dangerous_pattern_is_refused(pattern: str) -> None:
    """What has no end, what can be tried in many ways, what fits nothing, and what we do not read."""
    with pytest.raises(patterns.Refused):
        patterns.compiled(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\w{1,20}\w{1,19}X", r"(?:\d{1,9}-?){1,2}X", r"[A-Z0-9]{1,63}", r"\d{8}(?:-\d{4}){0,6}"]
)
def test_no_text_makes_a_pattern_slow(pattern: str) -> None:
    """The dearest that is let through, on texts that almost fit at every place: the time grows as the text does."""
    found = patterns.compiled(pattern)

    def cost(length: int) -> float:
        texts = ("1" * length, "1-" * (length // 2), "1 " * (length // 2), "12345678-1234" * (length // 13))
        begin = time.process_time()
        for text in texts:
            assert sum(1 for _ in found.finditer(text)) >= 0
        return time.process_time() - begin

    cost(1_000)
    assert cost(40_000) < 16 * max(cost(10_000), 0.002)
    assert cost(20_000) < 1.0
