import json

import pytest

from swarmwire.cli.checking.report import (
    SEVERITIES,
    FindingCounts,
    FindingRow,
    JSONReport,
    ObjectReport,
    SARIFReport,
    TextReport,
    text_of,
)
from swarmwire.cli.terminal import one_line

ROW = FindingRow("lost", "A.B[0]", "is not\n  stored", "engine", "lost-field", '"v"', "do it", 4, 9)
BARE = FindingRow("error", "", "no", "json", "json-syntax", "", "", 0, 0)
REPORT = ObjectReport("dir/a b.json", 2, True, "web", 3, (ROW, BARE))
CLEAN = ObjectReport("dir/a b.json", 1, True, "", 1, ())


def test_a_table_groups_by_object_and_sums_up():
    assert text_of(TextReport(), [CLEAN, REPORT]) == (
        "dir/a b.json: object 2 (web)\n"
        "  error    (the whole object)\n"
        "           no\n"
        "           json, json-syntax\n"
        "  lost     A.B[0]  line 4\n"
        "           is not; stored\n"
        '           value: "v"\n'
        "           fix: do it\n"
        "           engine, lost-field\n"
        "\n"
        "2 objects checked, 1 clean: 1 error (refused), 1 lost (accepted and not stored)\n"
    )


def test_colour_changes_nothing_else():
    colored = text_of(TextReport(color=True), [CLEAN, REPORT])
    assert "\x1b[1;31merror   \x1b[0m" in colored
    plain = colored
    for style in ("1", "2", "32", "1;31", "35", "33", "36", "0"):
        plain = plain.replace(f"\x1b[{style}m", "")
    assert plain == text_of(TextReport(), [CLEAN, REPORT])


def test_nothing_found_is_said():
    assert text_of(TextReport(), []) == "0 objects checked, nothing found\n"


@pytest.mark.parametrize("reports", [[], [CLEAN], [REPORT], [REPORT, CLEAN, REPORT]])
def test_json_is_one_document(reports):
    report = json.loads(text_of(JSONReport(), reports))
    assert len(report["findings"]) == sum(len(each.rows) for each in reports)
    assert report["summary"]["objects"] == len(reports)


@pytest.mark.parametrize("reports", [[], [CLEAN], [REPORT], [REPORT, CLEAN, REPORT]])
def test_sarif_has_what_the_standard_requires(reports):
    log = json.loads(text_of(SARIFReport("1.0"), reports))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "swarmwire"
    assert len(run["results"]) == sum(len(each.rows) for each in reports)
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "dir/a%20b.json"
        if "region" in physical:
            assert physical["region"] == {"startLine": 4, "startColumn": 9}


def test_sarif_names_files_by_uri():
    def uri(file: str) -> str:
        log = json.loads(text_of(SARIFReport("1.0"), [REPORT._replace(file=file)]))
        location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
        return str(location["artifactLocation"]["uri"])

    assert uri("<stdin>") == "stdin"
    assert uri("/a/b.json") == "file:///a/b.json"
    assert uri("\udcff.json") == "%FF.json"


def test_names_that_are_no_text_are_written_anyway():
    odd = REPORT._replace(file="\udcff", name="\ud800")
    for renderer in (TextReport(), JSONReport(), SARIFReport("1")):
        text_of(renderer, [odd]).encode("utf-8", "backslashreplace")


def test_counts_reach_a_severity():
    counts = FindingCounts()
    counts.add(REPORT._replace(rows=(ROW,)))
    assert [counts.reach(severity) for severity in SEVERITIES] == [False, True, True, True]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n  b\n", "a; b"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("\u202e", "\\u202e"),
        ("\udcff", "\\udcff"),
        ("Grüße", "Grüße"),
    ],
)
def test_text_is_folded_and_tamed(text, line):
    assert one_line(text) == line
