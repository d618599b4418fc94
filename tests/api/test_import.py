"""What import says about files that are not as they should be."""

import gzip
import json
import re
import shutil
import subprocess

import pytest


@pytest.fixture
def appliance(new_appliance):
    return new_appliance()


def line(number, **more):
    return json.dumps({"type": "track", "messageId": f"m{number}", "userId": "a", "event": "x", "timestamp": "2026-03-01T09:14:02Z"} | more)


def tally(done):
    """The three numbers of the last line."""
    last = done.stdout.decode().splitlines()[-1]
    return tuple(map(int, re.fullmatch(r"accepted (\d+), duplicate (\d+), rejected (\d+)", last).groups()))


def test_each_refused_line_is_named(appliance):
    file, rejects = appliance.folder / "events.ndjson", appliance.folder / "rejects.ndjson"
    lines = [
        line(1),
        "no JSON",
        line(2, userId=None),
        line(3, properties={"long": "x" * 500_000}),
        line(4, properties={"long": "x" * 1_000_000}),
        line(5).encode()[:-9] + b'\xff"}',
        "",
        line(1),
        line(6, timestamp="2999-01-01T00:00:00Z"),
        line(7),
    ]
    file.write_bytes(b"\n".join(text if isinstance(text, bytes) else text.encode() for text in lines))
    done = appliance.run("import", file, "--rejects", rejects)
    assert done.returncode == 1
    # The blank line is none.
    assert tally(done) == (3, 1, 5)
    refused = [json.loads(row) for row in rejects.read_text().splitlines()]
    codes = {row["line"]: row["code"] for row in refused}
    assert codes == {2: "bad_json", 3: "no_person", 5: "too_large", 6: "bad_encoding", 9: "future_timestamp"}
    assert all(row["file"] == str(file) and row["message"] for row in refused)


def test_refused_lines_can_be_allowed(appliance):
    done = appliance.run("import", "-", "--allow-rejects", stdin=f"{line(1)}\nnonsense\n".encode())
    assert (done.returncode, tally(done)) == (0, (1, 0, 1))


def test_identify_counts_as_a_line(appliance):
    identify = json.dumps({"type": "identify", "messageId": "i1", "userId": "a", "traits": {"name": "A"}})
    for counts in ((2, 0, 0), (0, 2, 0)):
        assert tally(appliance.run("import", "-", stdin=f"{line(1)}\n{identify}\n".encode())) == counts


def test_lines_without_ids_count_once_however_often_loaded(appliance):
    same = json.dumps({"type": "track", "userId": "a", "event": "x", "timestamp": "2026-03-01T09:14:02Z"})
    text = "\n".join([same] * 3).encode()
    assert tally(appliance.run("import", "-", stdin=text)) == (3, 0, 0)
    assert tally(appliance.run("import", "-", stdin=text)) == (0, 3, 0)


def packed(appliance, name, data):
    file = appliance.folder / name
    file.write_bytes(data)
    return file


def lines(count):
    return "\n".join(line(number) for number in range(count)).encode()


def test_packed_files_are_unpacked(appliance):
    plain = packed(appliance, "a.ndjson", lines(10))
    assert tally(appliance.run("import", packed(appliance, "a.gz", gzip.compress(lines(10))))) == (10, 0, 0)
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", plain], check=True)
        assert tally(appliance.run("import", f"{plain}.zst")) == (0, 10, 0)
    assert tally(appliance.run("import", plain)) == (0, 10, 0)


def test_a_truncated_file_is_told_and_can_be_loaded_again(appliance):
    whole = gzip.compress(lines(2_000))
    done = appliance.run("import", packed(appliance, "half.gz", whole[: len(whole) // 2]))
    assert done.returncode == 2
    message = done.stderr.decode().strip()
    assert "half.gz" in message and "\n" not in message, message
    accepted, duplicate, rejected = tally(appliance.run("import", packed(appliance, "whole.gz", whole)))
    assert (accepted + duplicate, rejected) == (2_000, 0)


@pytest.mark.parametrize("name", ["none.ndjson", "."])
def test_a_file_that_cannot_be_read_is_named(appliance, name):
    done = appliance.run("import", appliance.folder / name)
    assert done.returncode == 2
    assert str(appliance.folder / name) in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1


def test_a_workspace_that_is_none_is_named(appliance):
    done = appliance.run("import", "-", "--workspace", "nowhere", stdin=b"")
    assert done.returncode == 2
    assert "nowhere" in done.stderr.decode()
