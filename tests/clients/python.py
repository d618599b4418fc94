"""Sends through segment-analytics-python: python.py URL WRITE_KEY PEOPLE EVENTS"""

import sys
import time

from segment.analytics import Client

url, write_key, people, events = sys.argv[1:]
people, events = int(people), int(events)
failures = []
client = Client(
    write_key,
    host=url,
    on_error=lambda error, items: failures.append((error, len(items))),
    upload_size=20,
    upload_interval=0.1,
    max_retries=100,
    gzip=True,
)
for n in range(events):
    for number in range(people):
        # The first half happens before anybody signs in.
        anonymous_id, user_id = f"anonymous-{number}", f"user-{number}"
        if n == events // 2:
            traits = {"name": f"User {number}", "email": f"{user_id}@example.com"}
            client.identify(user_id, anonymous_id=anonymous_id, traits=traits)
            client.group(user_id, f"account-{number}", {"name": f"Account {number}", "plan": "team"})
        who = {"anonymous_id": anonymous_id} if n < events // 2 else {"user_id": user_id}
        client.track(**who, event="Export", properties={"n": n})
    # A little time between events, as in life, so that the server dies between them.
    time.sleep(0.005)
client.flush()
sys.exit(str(failures) if failures else 0)
