"""Domains have one form for whoever sends to them, signs for them and checks them."""

from __future__ import annotations

import pytest

from intake.mail.domains import ascii_domain, domain_of


@pytest.mark.parametrize(
    ("domain", "plain"),
    [
        ("Shop.Example.", "shop.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("I❤.example", "xn--i-7iq.example"),
        ("_spf.shop.example", "_spf.shop.example"),
    ],
)
def test_a_domain_has_one_form(domain: str, plain: str) -> None:
    """By today's rules, and by the old ones what only those allow."""
    assert ascii_domain(domain) == plain
    assert domain_of(f"anna@{domain}") == plain


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "-.example",
        "shop..example",
        "sh op.example",
        f"{'x' * 64}.example",
        "x." * 130 + "example",
        "\ud800.example",
    ],
)
def test_what_the_dns_cannot_hold_is_no_domain(domain: str) -> None:
    """Nothing is asked for it, and nothing sent to it."""
    assert ascii_domain(domain) == ""


def test_letters_of_no_width_lead_to_nobody_elses_domain() -> None:
    """The old rules drop them: what is written to one domain would go to another."""
    for unseen in ("\u200d", "\u200b", "\u2060", "\u00ad"):
        assert ascii_domain(f"sh{unseen}op❤.example") == ""
