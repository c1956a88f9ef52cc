"""What a flow works with: the stores, the queues and the connectors, all behind ports."""

from dataclasses import dataclass

from shopbridge.ports import (
    Activity,
    Clock,
    Connections,
    Credentials,
    Cursors,
    Deadline,
    Directory,
    Erasure,
    FormerNames,
    HealthRecords,
    Leases,
    Ledger,
    OrderQueue,
    Platforms,
    PollQueue,
    Remains,
    RunQueue,
    Runs,
    Snapshots,
)


@dataclass(frozen=True)
class Bridge:
    """One container's view of the world."""

    connections: Connections
    credentials: Credentials
    cursors: Cursors
    ledger: Ledger
    health: HealthRecords
    directory: Directory
    former_names: FormerNames
    erasure: Erasure
    orders: OrderQueue
    polls: PollQueue
    work: RunQueue
    snapshots: Snapshots
    runs: Runs
    leases: Leases
    remains: Remains
    platforms: Platforms
    activity: Activity
    clock: Clock
    deadline: Deadline
