"""What the benchmark of plan is asked for on its command line."""

import sys

import pytest

from benchmarks.plan import __main__ as command


def asked(words: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that run."""
    ran: list[str] = []
    for name, (part, _) in command.PARTS.items():
        monkeypatch.setattr(part, "main", lambda name=name: ran.append(name))
    monkeypatch.setattr(sys, "argv", ["plan", *words])
    command.main()
    return ran


def test_all_parts_run_unless_some_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked([], monkeypatch) == list(command.PARTS)
    assert asked(["--only", "crossings", "viewshed"], monkeypatch) == ["viewshed", "crossings"]


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["--only", "nothing"], 2)])
def test_help_and_what_there_is_not_run_nothing(
    words: list[str], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(words, monkeypatch)
    assert ended.value.code == code
    said = capsys.readouterr()
    assert all(name in said.out + said.err for name in command.PARTS)
