import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.aws.moto import MotoProcess
from sandbox.aws.stack import Cloud

ROOT = Path(__file__).parents[3]
ABANDON = """
import os
from sandbox.aws.moto import MotoProcess
MotoProcess().__enter__().url
os._exit(9)
"""


def test_moto_ends_when_its_parent_is_gone_however_that_happened() -> None:
    # The child shares standard error, so waiting for its end is waiting for both processes.
    ended = subprocess.run(  # noqa: S603 - our own code under our own interpreter
        [sys.executable, "-c", ABANDON], cwd=ROOT, stderr=subprocess.PIPE, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (9, b"")


def test_it_has_no_address_before_it_is_started() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        _ = MotoProcess().url


def test_ses_takes_letters_of_a_verified_domain_and_shows_each_senders_own() -> None:
    with MotoProcess() as moto:
        client = Cloud(moto.url).client("sesv2")
        moto.verify_sender("minta.example")
        for sender in ("a@minta.example", "b@minta.example", "a@minta.example"):
            client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": ["anna@buyers.example"]},
                Content={"Raw": {"Data": f"From: {sender}\nSubject: one\n\ntext".encode()}},
            )
        assert [len(moto.letters(f"{name}@minta.example")) for name in "abc"] == [2, 1, 0]
        assert client.get_email_identity(EmailIdentity="minta.example")["VerifiedForSendingStatus"]
