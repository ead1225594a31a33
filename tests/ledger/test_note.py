"""Checkpoints as C2SP signed notes: what is signed, by whom, and what is refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from integrity.ledger.note import Checkpoint, NoteError, key_id, public_line, read, read_public_line, sign

SEED = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
NAME = "archive.example/ledger"
KEY = public_line(NAME, PUBLIC)
POINT = Checkpoint(NAME, 5, bytes(range(32)), ("time 2026-04-01T02:00:00Z",))
NOTE = sign(POINT, name=NAME, private=SEED)


def test_what_is_signed_is_read_back() -> None:
    assert read(NOTE, [KEY]) == POINT


def test_the_published_example_of_the_format() -> None:
    """The signed note of the C2SP text: PeterNeumann signs with the key written there."""
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    name, public = read_public_line(key)
    assert (name, key_id(name, public).hex()) == ("PeterNeumann", "c74f20a3")
    with pytest.raises(NoteError, match=r"size is no number|no checkpoint"):  # the signature holds; it is no checkpoint
        read(text, [key])
    with pytest.raises(NoteError, match="does not hold"):
        read(text.replace("answer", "Answer"), [key])


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("\n5\n", "\n6\n"),
        NOTE.replace("time 2026-04-01", "time 2026-04-02"),
        NOTE.removesuffix("\n"),
        NOTE.partition("\n\n")[0] + "\n",
        NOTE.replace("— ", "- "),
        NOTE.replace(NAME + " ", "another.example "),
        sign(POINT, name=NAME, private=bytes(32)),
        sign(Checkpoint(NAME, 5, b"short"), name=NAME, private=SEED),
        sign(Checkpoint(NAME, 5, bytes(32), ("", "x")), name=NAME, private=SEED),
        "",
        "\n\n",
        "x" * 1_000_001,
    ],
)
def test_refused(note: str) -> None:
    with pytest.raises(NoteError):
        read(note, [KEY])


@pytest.mark.parametrize("size", ["05", "-5", "+5", "５", "1e3", "9" * 19, " 5"])
def test_a_size_is_written_one_way(size: str) -> None:
    text = POINT.text.replace("\n5\n", f"\n{size}\n")
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(text.encode())
    coded = base64.b64encode(key_id(NAME, PUBLIC) + signature).decode()
    with pytest.raises(NoteError):
        read(f"{text}\n— {NAME} {coded}\n", [KEY])


def test_further_signatures_of_strangers_do_no_harm() -> None:
    """A witness may have signed too."""
    witness = sign(POINT, name="witness.example", private=bytes(32)).rpartition("\n\n")[2]
    assert read(NOTE + witness, [KEY]) == POINT


@pytest.mark.parametrize("line", ["", "a+b", KEY.replace("+", "-"), KEY[:-4] + "AAA=", KEY.replace(NAME, "other")])
def test_a_public_key_agrees_with_its_id(line: str) -> None:
    with pytest.raises(NoteError):
        read_public_line(line)
