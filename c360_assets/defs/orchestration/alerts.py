"""What happens when a run fails: one log line, and a message to a webhook where one is configured."""

import json
import os
import urllib.error
import urllib.request

import dagster as dg

WEBHOOK_VARIABLE = "C360_ALERT_WEBHOOK"
TIMEOUT_SECONDS = 10


@dg.run_failure_sensor(
    name="alert_on_failure",
    description=f"Posts job, run and failed steps to the URL in {WEBHOOK_VARIABLE}; never an error's text.",
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
    """Tell that a run failed. An error's text may quote data, so it stays in the run's own log."""
    steps = [event.step_key for event in context.get_step_failure_events() if event.step_key]
    message = {"job": context.dagster_run.job_name, "run_id": context.dagster_run.run_id, "failed_steps": steps}
    context.log.error(f"run failed: {json.dumps(message)}")
    url = os.environ.get(WEBHOOK_VARIABLE)
    if not url:
        return
    request = urllib.request.Request(
        url, json.dumps(message).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()
    except urllib.error.URLError as error:
        # The run's failure is recorded all the same; the sensor must not fail and report it again.
        context.log.warning(f"{WEBHOOK_VARIABLE}: not delivered ({error.reason})")
