"""A platform that runs: a worker that was heard from, jobs that wait."""

from django.db import connection


def no_jobs():
    """Whatever a test that committed has left in the queue."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


def a_worker(heard_at):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [heard_at])


def a_job(queued_at, *, status="todo", due_at=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) "
            "VALUES ('default', 'cases.sweep', %s, %s) RETURNING id",
            [status, due_at],
        )
        job = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [queued_at, job]
        )
    return job
