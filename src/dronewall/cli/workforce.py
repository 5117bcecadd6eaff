"""Who does a long command's work: what `--workers` and `--ray` say."""

from typing import TYPE_CHECKING, Annotated

import typer

from dronewall.errors import BadInput, Unavailable

if TYPE_CHECKING:
    from dronewall.workers.pool import Pool

Workers = Annotated[int | None, typer.Option(help="Processes of this machine; left out, one.")]
RayAddress = Annotated[str | None, typer.Option("--ray", help="Ray cluster: host:port, auto, or local.")]


def pool_for(workers: int | None, ray: str | None) -> "Pool":
    """The workers that were asked for.

    Raises
    ------
    BadInput
        There cannot be so many, or both are given.
    Unavailable
        Ray is not installed, or no cluster answers.
    """
    from dronewall.workers.pool import Here, Processes

    if ray is not None:
        from dronewall.workers.cluster import OnRay

        if workers is not None:
            raise BadInput("--workers and --ray exclude each other; give one of them", key="workers")
        cluster = OnRay(ray)
        _answers(ray)
        return cluster
    return Here() if workers is None or workers == 1 else Processes(workers)


def _answers(address: str) -> None:
    """Somebody listens at host:port; Ray itself takes minutes to find out that nobody does."""
    import socket

    host, _, port = address.rpartition(":")
    if host and port.isdigit() and "/" not in host:
        try:
            socket.create_connection((host, int(port)), timeout=5.0).close()
        except (OSError, OverflowError) as error:
            raise Unavailable(f"no Ray cluster answers at {address}: {error}") from None
