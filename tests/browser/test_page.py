"""The page alone, against the stand-in: it draws, it asks nobody outside, and nothing leaves by a slip of the hand."""

import json
import time

from tests.browser.chromium import Chromium
from tests.browser.conftest import READY, Start
from tests.browser.looks import CONTRAST, FORBIDDEN, OVERFLOW, PAINTED

DRAFT = ".alert[data-state=draft]"


def opened(browser: Chromium, address: str, token: str = "operator", view: str = "") -> None:
    browser.open(f"{address}?token={token}{view}")
    browser.wait(READY)


def test_tracks_are_painted_where_they_are_and_listed(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address)
    browser.wait("document.querySelectorAll('.track-row').length === 6")
    for track in ("t-000001", "t-000002"):
        browser.wait(f"{PAINTED % json.dumps(track)} > 40")  # the list may be a frame ahead of the map
    words = browser.words()
    assert "EXERCISE" in words
    assert "INVENTED SITES" in words
    assert browser.complaints == []


def test_no_word_names_a_nation_of_origin_or_an_enemy(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address)
    browser.click(".track-row[data-key=t-000001]")
    browser.wait("document.querySelectorAll('.evidence-row').length > 5")
    words = browser.words().lower()
    assert [word for word in FORBIDDEN if word in words] == []
    assert browser.ask("dronewallProbe.refusedSymbols") == 0


def test_a_click_does_not_approve_and_a_hold_does_until_received(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address)
    browser.click(f"{DRAFT} [data-act=approve]")
    browser.click(f"{DRAFT} .hold")
    time.sleep(1.5)
    assert browser.ask(f"document.querySelector('{DRAFT}') !== null"), "a mere click sent the warning"
    browser.hold(f"{DRAFT} .hold")
    browser.wait("document.querySelector('.alert[data-state=received]')")
    done = browser.ask("[...document.querySelectorAll('.stages li[data-done]')].map(e => e.children[1].textContent)")
    assert done[-4:] == ["Approved", "Sent", "Accepted by gateway", "Received"]
    assert browser.complaints == []


def test_a_viewer_sees_the_draft_and_has_no_button(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address, token="viewer")
    browser.wait(f"document.querySelector('{DRAFT}')")
    assert browser.ask("document.querySelectorAll('[data-act], .hold').length") == 0
    assert browser.ask("document.querySelector('#open-call').hidden")
    assert "Your role is viewer" in browser.words()


def test_the_token_leaves_the_address_at_once(browser: Chromium, start: Start) -> None:
    address, _ = start()
    opened(browser, address)
    assert "token" not in browser.ask("location.href")


def test_the_address_restores_the_view(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address, view="#c=56.4000,27.9000,10.50&sel=t-000002&theme=day&rings=0&q=piston")
    browser.wait("document.querySelector('.card h2')?.textContent === 'T2'")
    assert browser.ask("document.documentElement.dataset.theme") == "day"
    browser.wait("location.hash.includes('c=56.4000,27.9000,10.50')")
    browser.key("c")
    browser.wait("document.querySelectorAll('.track-row').length === 2")


def test_the_card_leads_to_the_very_detection(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address)
    browser.click(".track-row[data-key=t-000001]")
    browser.click(".evidence-row")
    browser.wait("document.querySelector('.rows-of-scan:not([hidden]) table')")
    shown = browser.ask("document.querySelector('.rows-of-scan:not([hidden]) table').innerText")
    assert "azimuth_deg" in shown
    browser.wait("document.querySelectorAll('.chart').length === 2")


def test_an_authorised_flight_is_shown_as_known_in_the_list_and_on_its_card(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address)
    browser.click(".track-row[data-key=t-000004]")
    browser.wait("document.querySelector('.card [data-flight=known]')")
    said = browser.ask("document.querySelector('.card [data-flight=known]').innerText")
    assert "Flies as authorised" in said
    assert "2f8343be" in said
    browser.key("c")
    browser.wait("document.querySelector('.track-row[data-key=t-000004]').innerText.includes('authorised')")
    browser.click(".track-row[data-key=t-000005]")
    browser.wait("document.querySelector('.card h2').textContent === 'T5'")
    assert browser.ask("document.querySelector('.card [data-flight]')") is None


def test_the_feeds_say_rate_age_clock_and_what_was_refused_and_why(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700", "--feeds")
    opened(browser, address)
    browser.wait("[...document.querySelectorAll('[role=tab]')].some(e => e.textContent === 'Feeds · 3 to see')")
    browser.ask("[...document.querySelectorAll('[role=tab]')].find(e => e.textContent.startsWith('Feeds')).click()")
    browser.wait("document.querySelectorAll('.feed').length === 4")
    first, second = browser.ask("[...document.querySelectorAll('.feed')].slice(0, 2).map(e => e.innerText)")
    for words in ("lv-radar-1", "Lost", "connection refused", "last 7 min ago", "clock not known"):
        assert words in first
    for words in ("1.0 /s", "clock 3.20 s ahead", "7 of 3 610 refused", "no such label ×2", "Last refused 12 s ago"):
        assert words in second.replace("\u00a0", " ")
    assert "7b 22 61" in second
    assert "bytes not kept: they may be personal" in browser.words()
    assert "survey.json is not JSON" in browser.words()
    assert browser.ask(OVERFLOW) == []
    assert browser.ask(CONTRAST) == []
    assert browser.complaints == []


def test_a_watch_without_feeds_has_no_tab_of_them(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    opened(browser, address)
    browser.wait("document.querySelectorAll('.track-row').length === 6")
    tabs = browser.ask("[...document.querySelectorAll('[role=tab]')].filter(e => !e.hidden).map(e => e.textContent)")
    assert not [words for words in tabs if words.startswith("Feeds")]


def test_a_call_is_entered_with_its_place_and_its_contact_is_not_shown(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "300")
    opened(browser, address)
    browser.key("C", shift=True)
    browser.wait("!document.querySelector('.call').hidden")
    before = browser.ask("document.querySelector('.where').textContent")
    browser.press(720, 600)
    browser.wait(f"document.querySelector('.where').textContent !== {json.dumps(before)}")
    browser.click(".call textarea")
    browser.call("Input.insertText", text="Engine noise from the east, low")
    browser.click(".call input[type=text]")
    browser.call("Input.insertText", text="+371 2000 0000")
    browser.click(".call [type=submit]")
    browser.wait("document.querySelector('.call').hidden")
    assert "2000 0000" not in browser.words()


def test_a_lost_line_is_said_with_its_age(browser: Chromium, start: Start) -> None:
    address, process = start("--at", "300")
    opened(browser, address)
    process.kill()
    browser.wait("!document.querySelector('#lost').hidden")
    assert "CONNECTION LOST" in browser.words()


def test_help_names_every_key(browser: Chromium, start: Start) -> None:
    address, _ = start()
    opened(browser, address)
    browser.key("?", shift=True)
    browser.wait("document.querySelector('dialog.help[open]')")
    assert browser.ask("document.querySelectorAll('.help kbd').length") >= 20


def test_every_word_has_contrast_enough_by_night_and_by_day(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    for theme in ("night", "day"):
        opened(browser, address, view=f"#theme={theme}&sel=t-000001")
        browser.wait("document.querySelectorAll('.evidence-row').length > 5")
        assert browser.ask(CONTRAST) == [], f"too little contrast by {theme}"


def test_phone_width_shows_one_panel_at_a_time_and_nothing_sticks_out(browser: Chromium, start: Start) -> None:
    address, _ = start("--at", "700")
    browser.resize(390, 844, mobile=True)
    opened(browser, address)
    assert browser.ask(OVERFLOW) == []
    browser.click("#tabs [data-tab=warnings]")
    browser.wait("document.querySelector('#right').offsetHeight > 300")
    assert browser.ask("document.querySelector('#left').offsetHeight") == 0
    assert browser.ask(OVERFLOW) == []


def test_a_wall_that_is_no_exercise_has_no_strip(browser: Chromium, start: Start) -> None:
    address, _ = start("--live")
    opened(browser, address)
    browser.wait("document.querySelector('.wall-name').textContent !== ''")
    assert browser.ask("document.querySelector('#exercise').hidden")
