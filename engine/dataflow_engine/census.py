"""The threads that run operations, and the sums of their counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from .workers import Agent


def _thread(work: Callable[[], None], name: str) -> threading.Thread:
    return threading.Thread(target=work, name=name, daemon=True)


class _Local(threading.local):
    agent: Agent | None = None


class Census:
    """All agents of an engine. The first one stands for threads that have ended.

    The tuple of agents is replaced as a whole, so that a sum over it is right
    at any moment although threads come and go.
    """

    def __init__(self) -> None:
        self.local = _Local()
        self._agents: tuple[Agent, ...] = (Agent(threading.current_thread()),)
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._agents)

    def agent(self) -> Agent:
        """Return the calling thread's agent."""
        agent = self.local.agent
        if agent is None:
            agent = Agent(threading.current_thread())
            self.enroll(agent)
            self.local.agent = agent
        return agent

    def start(
        self, name: str, serve: Callable[[Agent], None], loop: bool = False
    ) -> Agent:
        """Start a thread that serves a lane."""
        roles: list[Agent] = []

        def work() -> None:
            try:
                agent = roles.pop()
            except IndexError:  # an interrupt had it started twice
                return
            self.local.agent = agent
            agent.thread = threading.current_thread()
            serve(agent)

        agent = Agent(_thread(work, name), worker=True, loop=loop)
        roles.append(agent)
        self.enroll(agent)
        try:
            agent.thread.start()
        except RuntimeError:  # there can be no more threads
            self._agents = tuple(one for one in self._agents if one is not agent)
            raise
        except BaseException:
            _thread(work, name).start()
            raise
        return agent

    def enroll(self, agent: Agent) -> None:
        """Add a thread, and fold users' threads that have ended into the first.

        Workers stay: they live as long as the engine, and one that is just starting
        cannot be told from one that has ended (it has an ident and is not alive).
        """
        with self._lock:
            first, *others = self._agents
            ended = Agent(agent.thread)
            ended.add(first)
            alive = []
            for other in others:
                if other.worker or other.thread.is_alive():
                    alive.append(other)
                else:
                    ended.add(other)
            self._agents = (ended, *alive, agent)

    def completed(self) -> int:
        """Return how many operations have ended."""
        return sum([agent.completed for agent in self._agents])

    def total(self) -> Agent:
        """Return all counts in one."""
        total = Agent(threading.current_thread())
        for agent in self._agents:
            total.add(agent)
        return total
