"""Attempts of one name are looked at one after another, however many arrive at once."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from integrity.sign_in.turns import turn


@pytest.mark.django_db
def test_two_attempts_of_one_name_never_run_at_once() -> None:
    under_way, most = 0, 0

    def attempt() -> None:
        nonlocal under_way, most
        with turn("a name"):
            under_way += 1
            most = max(most, under_way)
            time.sleep(0.02)
            under_way -= 1
        connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == 1
