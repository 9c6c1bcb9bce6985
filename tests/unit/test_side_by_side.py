"""Work dealt out to processes: the answers' order, faults as they were raised, and no process that outlives its owner."""

import os
import pickle
import signal
import subprocess
import sys
import time

import psutil
import pytest

from padanan.base.errors import DeliveryError, NoSpace, PadananError
from padanan.base.side_by_side import WAITING, spread
from padanan.records.refusal import Refusal


def squared(number: int) -> tuple[int, int]:
    """The later ones are quicker."""
    time.sleep(0.2 if number == 0 else 0)
    return number * number, os.getpid()


def refused(number: int) -> int:
    if number == 2:
        raise DeliveryError("baris ganda", cure="kirim ulang", file="a.csv", place="baris 2")
    return number


def killed(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def pid_forever(_: int) -> int:
    # In one piece: two processes write to one pipe.
    os.write(1, f"{os.getpid()}\n".encode())
    time.sleep(60)
    return 0


@pytest.mark.parametrize("processes", [1, 2])
def test_answers_come_in_the_order_of_the_things(processes: int) -> None:
    found = list(spread(squared, range(12), processes))
    assert [answer for answer, _ in found] == [number * number for number in range(12)]
    assert (os.getpid() in {pid for _, pid in found}) is (processes == 1)


def test_no_more_is_taken_than_is_worked_on_and_waits() -> None:
    taken = []

    def things():
        for number in range(100):
            taken.append(number)
            yield number

    answers = spread(squared, things(), 2)
    next(answers)
    assert len(taken) <= 2 * (1 + WAITING) + 1
    answers.close()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_fault_is_the_one_that_was_raised(processes: int) -> None:
    with pytest.raises(DeliveryError) as caught:
        list(spread(refused, range(5), processes))
    error = caught.value
    assert (error.cause, error.cure, error.file, error.place) == ("baris ganda", "kirim ulang", "a.csv", "baris 2")


def test_a_process_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(PadananError, match="proses pembantu berhenti"):
        list(spread(killed, range(5), 2))


@pytest.mark.parametrize("kind", [PadananError, NoSpace])
def test_every_fault_can_be_sent(kind: type[PadananError]) -> None:
    error = kind("penuh", cure="kosongkan", place="sel A1")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind and str(again) == str(error) and again.place == "sel A1"


def test_a_fault_with_more_to_tell_tells_it_on_the_other_side() -> None:
    again = pickle.loads(pickle.dumps(Refusal("kosong", cure="isi", field="pengusul", place="sel B2")))
    assert (type(again), again.field, again.place) == (Refusal, "pengusul", "sel B2")


def test_processes_end_with_an_owner_that_is_killed() -> None:
    script = "from padanan.base.side_by_side import spread; from tests.unit.test_side_by_side import pid_forever\n"
    script += "if __name__ == '__main__': list(spread(pid_forever, [1, 2], 2))"
    owner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    helpers = [int(owner.stdout.readline()) for _ in range(2)]
    owner.kill()
    owner.wait()
    _, alive = psutil.wait_procs([psutil.Process(pid) for pid in helpers if psutil.pid_exists(pid)], timeout=10)
    assert not alive
