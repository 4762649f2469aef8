"""How many do the work, read in one place: the settings, the supervisor and the database need the same."""

from config import readers


def web_workers() -> int:
    """Processes that answer requests."""
    return readers.whole("HOTLINE_WEB_WORKERS", 2, least=1, most=64)


def web_threads() -> int:
    """Threads in each of them."""
    return readers.whole("HOTLINE_WEB_THREADS", 4, least=1, most=64)


def jobs() -> int:
    """Jobs at once in the worker."""
    return readers.whole("HOTLINE_JOB_CONCURRENCY", 2, least=1, most=64)


def deliveries() -> int:
    """Messages on their way at once."""
    return readers.whole("HOTLINE_DELIVERIES", 4, least=1, most=32)
