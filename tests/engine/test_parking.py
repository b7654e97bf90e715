"""Nobody parks beside what there is to run, in every order of the steps.

Cases with ``timers=False`` show more: that nothing dear, nothing that another lane made
ready, and no wait depends on a worker that looks again by itself.
"""

import pytest

from dataflow_engine import lanes, queues, waiting
from tests.engine.parking import CHEAP, Case, Item, Parking, code
from tests.engine.search import Violation, explore
from tests.engine.stepping import planted

DEAR = Item()
SMALL = Item(CHEAP)
CROSSING = Item(CHEAP, crossing=True)
AWAITED = Item(sets=True)
PUSHED = Item(sets=True, inline=True)

CASES = {
    "the first worker": Case([[DEAR]]),
    "one worker, two operations": Case([[DEAR, DEAR]], asleep=1, timers=False),
    "a small backlog": Case([[SMALL, SMALL]], asleep=1),
    "a small one that comes beside another": Case([[DEAR], [SMALL]], asleep=1),
    "two workers start": Case([[DEAR, DEAR]], limit=2, timers=False),
    "two workers, two pushers": Case([[DEAR], [DEAR]], limit=2, asleep=2, timers=False),
    "one of two workers is to be started": Case(
        [[DEAR, DEAR]], limit=2, asleep=1, timers=False
    ),
    "from another lane": Case([[DEAR, CROSSING]], asleep=1, timers=False),
    "from another lane, two workers": Case(
        [[CROSSING, CROSSING]], limit=2, asleep=2, timers=False
    ),
}
WAITS = {
    "helps and is done": Case([[DEAR, AWAITED]], asleep=1, waits=True, timers=False),
    "is done before all is": Case(
        [[AWAITED, DEAR]], asleep=1, waits=True, timers=False
    ),
    "is done by a chain": Case([[Item(then=(AWAITED,))]], limit=0, waits=True),
    "is done by a pusher": Case([[PUSHED], [DEAR]], asleep=1, waits=True, timers=False),
    "is all there is": Case([[DEAR, AWAITED]], limit=0, waits=True),
    "is done beside a small one": Case([[AWAITED, SMALL]], asleep=1, waits=True),
}
INSIDE = {
    "helps with what it needs": Case([[AWAITED]], inside=True),
    "leaves the rest to another": Case(
        [[Item(then=(AWAITED,))]], inside=True, timers=False
    ),
    "leaves small ones too": Case(
        [[Item(CHEAP, then=(AWAITED,))]], inside=True, timers=False
    ),
    "leaves what comes at its end": Case([[PUSHED, DEAR]], inside=True, timers=False),
    "leaves what another lane made ready": Case(
        [[CROSSING], [PUSHED]], inside=True, timers=False
    ),
}


def search(case, *fault):
    chosen = code(*fault)
    found = explore(lambda memory: Parking(memory, chosen, case))
    print(f"{case}: {found}")
    assert found.states > 10


@pytest.mark.parametrize("name", CASES)
def test_all_that_is_queued_runs(name):
    search(CASES[name])


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_that_helps(name):
    search(WAITS[name])


@pytest.mark.parametrize("name", INSIDE)
def test_a_wait_inside_an_operation(name):
    search(INSIDE[name])


# In which case it shows, where it is, what the source says, and what instead of that

FAULTS = {
    "a worker does not look again before it sleeps": (
        "a small backlog",
        lanes,
        "            if not (self.queue or self.ranked or self.stopping):\n"
        "                agent.gate.acquire()\n",
        "            agent.gate.acquire()\n",
    ),
    "a worker looks before it has parked": (
        "one worker, two operations",
        lanes,
        "        self.parked.append(agent)\n"
        "        for _ in range(LINGER_ROUNDS):\n"
        "            if self.queue or self.ranked or self.stopping:\n"
        "                break\n",
        "        if self.queue or self.ranked or self.stopping:\n"
        "            return\n"
        "        self.parked.append(agent)\n"
        "        for _ in range(LINGER_ROUNDS):\n",
    ),
    "a push looks before it has queued": (
        "is all there is",
        lanes,
        "        self.queue.append(pending)\n        if self.parked or self.spare:\n"
        "            self._consider(pending)\n",
        "        if self.parked or self.spare:\n            self._consider(pending)\n"
        "        self.queue.append(pending)\n",
    ),
    "a push does not start a worker": (
        "the first worker",
        lanes,
        "        self.queue.append(pending)\n        if self.parked or self.spare:\n",
        "        self.queue.append(pending)\n        if self.parked:\n",
    ),
    "nobody notes that all are asleep": (
        "a small backlog",
        lanes,
        "                self.asleep = self.spare = True\n",
        "                self.spare = True\n",
    ),
    "a worker that is woken is noted too late": (
        "a small backlog",
        lanes,
        "                self.asleep = False\n"
        "                self.spare = self._has_room()\n"
        "            agent.wake()\n",
        "                pass\n"
        "            agent.wake()\n"
        "            self.asleep = False\n",
    ),
    "what another lane made ready is like what is pushed": (
        "from another lane",
        lanes,
        "        self._append(pending)\n        self.wake()\n",
        "        self._append(pending)\n        self._consider(pending)\n",
    ),
    "two may take the same operation": (
        "two workers, two pushers",
        queues,
        "            pending = queue.popleft()\n",
        "            queue.popleft()\n",
    ),
    "a waiter does not look again before it sleeps": (
        "is all there is",
        waiting,
        "if notice.finished or self._help(notice, choice) or",
        "if notice.finished or",
    ),
    "a waiter keeps the wake that was meant for work": (
        "is done by a pusher",
        waiting,
        "            if lane.parked and lane.busy():\n",
        "            if False:\n",
    ),
    "a waiter keeps what it took": (
        "helps and is done",
        waiting,
        "lane.put_back(pending)\n                        break\n",
        "break\n",
    ),
    "nobody stands in for a worker that waits inside": (
        "leaves the rest to another",
        waiting,
        "home is not None and home.begin_absence()",
        "False",
    ),
    "who stands in is one too many": (
        "leaves the rest to another",
        lanes,
        "            self.absent += 1\n",
        "",
    ),
    "a worker that waits inside counts as awake": (
        "leaves small ones too",
        lanes,
        "            self.spare = True\n            if self.awake == 0:\n",
        "            if False:\n",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    name, module, old, new = FAULTS[fault]
    with pytest.raises(Violation, match="after these steps"):
        search({**CASES, **WAITS, **INSIDE}[name], module, planted(old, new))
