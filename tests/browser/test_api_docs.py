"""The description of the API for people, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.test_accessibility import RULES_OF_COLOURS, violations
from tests.support.widths import IS_WIDER, assert_finds_nothing, set_width

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.support.sites import Site


def test_examples_have_the_readers_address_and_are_copied(page: Page, sample_site: Site) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{sample_site.url}api/docs")
    example = page.locator("pre.example").first
    expect(example).to_contain_text(f'"{sample_site.url}api/summary?')
    assert "$URL" not in page.inner_text("body")

    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == example.inner_text()


def test_a_link_to_a_body_opens_it_and_axe_finds_nothing(page: Page, sample_site: Site) -> None:
    set_width(page, 320)
    page.goto(f"{sample_site.url}api/docs")
    body = page.locator("details#Refusal")
    expect(body.get_by_role("table")).to_be_hidden()
    page.get_by_role("link", name="Refusal", exact=True).first.click()
    expect(body.get_by_role("table")).to_be_visible()
    page.get_by_text("Answer", exact=True).first.click()

    assert_finds_nothing(page, IS_WIDER, "a body", 320)
    page.emulate_media(color_scheme="light")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, RULES_OF_COLOURS) == []
