"""Histories of a manager, drawn at random: a folder, and beside it what must be found in it."""

from hypothesis import strategies as st

from tests.support.raft_folder import (
    RaftFolder,
    config,
    create,
    key,
    key_of,
    member,
    network,
    remove,
    secret,
    service,
    task,
    update,
)

UNLOCK = key("unlock")
_MAKERS = (secret, config, service, network, task)
_NAMES = ("a", "b", "c")
_OTHERS = ("manager-2", "manager-3")


class ToldHistory:
    """A folder that grows by steps, and a model of it.

    Attributes:
        folder: the folder.
        deks: the key of each entry's last version, by index.
    """

    def __init__(self, root, *, late=False):
        self.folder = RaftFolder(root / "swarm", name="manager-1", begin=not late)
        self.base = 0
        self.deks = {}
        self._dropped = 0
        if late:
            managers = [self.folder.myself, member("manager-2")]
            self.base, self.folder.term = 20, 3
            self.folder.receive_snapshot(20, [secret("early"), service("a")], managers)
        self._note()

    def step(self, word, number):
        """Go one step; a number chooses between its variants."""
        getattr(self, f"_{word}")(number)
        self._note()

    @property
    def end(self):
        """The last entry that is applied: a manager that is alone commits everything."""
        folder = self.folder
        members = folder.history.members(folder.commit_index)[0]
        alone = not members or set(members) == {folder.myself.raft_id}
        return folder.index if alone else folder.commit_index

    def is_there(self, at):
        """Whether the state at an index can be told."""
        if any(index <= at for index in self.folder.snapshots):
            return True
        opened = all(dek == self.folder.dek for index, dek in self.deks.items() if index <= at)
        return not self.base and self.folder.segments[0].sequence == 0 and opened

    def deleted(self):
        """What the log saw and the store at the end has not: kind, id, content, its removal."""
        seen = {}
        stored = {place.index for place in self.folder.places if place.type == 2}
        for index, actions in sorted(self.folder.history.actions.items()):
            known = index in stored and self.deks[index] == self.folder.dek
            for action in actions if known and index <= self.end else ():
                kind = action.WhichOneof("target")
                message = getattr(action, kind)
                seen.pop(key_of(message), None)
                if kind != "task":
                    gone = index if action.action == 3 else None
                    seen[key_of(message)] = (message.SerializeToString(), gone)
        objects = self.folder.objects(self.end)
        return [(*each, *found) for each, found in seen.items() if each not in objects]

    def uncommitted(self):
        """What is not applied: indexes and actions."""
        return [
            (index, list(self.folder.history.actions.get(index, ())))
            for index in range(self.end + 1, self.folder.index + 1)
        ]

    def _note(self):
        folder = self.folder
        for index in [index for index in self.deks if index > folder.index]:
            del self.deks[index]
        for index in range(self.base + 1, folder.index + 1):
            self.deks.setdefault(index, folder.dek)

    def _actions(self, number):
        objects = self.folder.objects(self.folder.index)
        made = {}
        for each in range(number % 3 + 1):
            maker = _MAKERS[(number + each) % len(_MAKERS)]
            name = _NAMES[number // 5 % len(_NAMES)]
            message = maker(name)
            if maker in (secret, config):
                message.spec.data = b"version %d" % number
            found = key_of(message)
            if found in made:
                continue
            if found not in objects:
                made[found] = create(message)
            else:
                made[found] = (remove if number % 2 else update)(message)
        return made.values()

    def _write(self, number):
        self.folder.transaction(*self._actions(number), commit=True)

    def _propose(self, number):
        self.folder.transaction(*self._actions(number), commit=False)

    def _commit(self, number):
        folder = self.folder
        folder.commit(folder.commit_index + number % (folder.index - folder.commit_index + 1))

    def _lead(self, number):
        """A new leader: what was not committed may go."""
        folder = self.folder
        self._dropped = max(self._dropped, folder.index)
        folder.rewind(folder.index - number % (folder.index - folder.commit_index + 1))
        for index in [index for index in self.deks if index > folder.index]:
            del self.deks[index]
        folder.elect(commit=number % 2 == 0)

    def _change(self, number):
        """Another manager joins, or leaves."""
        folder, who = self.folder, member(_OTHERS[number // 2 % 2])
        known = folder.history.members(folder.index)[0]
        change = folder.remove_member if who.raft_id in known else folder.add_member
        change(who, commit=number % 2 == 0)

    def _cut(self, _):
        self.folder.cut()

    def _snapshot(self, number):
        folder = self.folder
        if self._may_be_taken(folder.commit_index):
            folder.snapshot(marker=True, file=number % 4 > 0)

    def _collect(self, _):
        if self.folder.snapshots:
            self.folder.collect()

    def _rotate(self, _):
        """The key is rotated: a snapshot under the new one, and the old one is gone."""
        folder = self.folder
        if self._may_be_taken(folder.index):
            folder.commit()
            folder.begin_rotation(UNLOCK)
            folder.snapshot()
            folder.collect()
            folder.finish_rotation()

    def _may_be_taken(self, at):
        """Not while entries that were overwritten are all that the log holds after it."""
        return at >= max(self._dropped, 1) and at not in self.folder.snapshots


_WORDS = (
    *("write",) * 6,
    *("propose",) * 3,
    *("commit",) * 2,
    *("lead", "change", "cut", "snapshot", "snapshot", "collect", "rotate"),
)

steps = st.lists(st.tuples(st.sampled_from(_WORDS), st.integers(0, 29)), max_size=20)
"""What happens to a manager."""
