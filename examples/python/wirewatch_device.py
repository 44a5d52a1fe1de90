#!/usr/bin/env python3
"""A device in Python: sends a few numbers every second, and comes back when the hub was away.

    pip install websockets
    python3 wirewatch_device.py ws://192.168.1.20:7411

The hub needs nothing else: numbers become charts, names such as "temp" and "load" get their units by themselves,
and a string "name" says who is speaking. Answers of the hub are printed.

Without a key the device is known by its address. If that may change, or others share it: in Wirewatch, make a key for
the device and start this with WIREWATCH_KEY=wwk_... set. A join token works the same way, with WIREWATCH_TOKEN.
"""

import json
import math
import os
import random
import sys
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

url = sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:7411"
wait = 1.0
# Never in the URL: URLs end up in logs.
secrets = {}
for name in ("key", "token"):
    if secret := os.environ.get(f"WIREWATCH_{name.upper()}"):
        secrets[name] = secret

while True:
    try:
        with connect(url) as hub:
            print(f"connected to {url}")
            wait = 1.0
            while True:
                now = time.time()
                values = {
                    "name": "python-example",
                    **secrets,
                    "temp": round(21 + 2 * math.sin(now / 30) + random.random() / 10, 2),
                    "hum": round(45 + 5 * math.sin(now / 60), 1),
                    "door": random.random() < 0.05,
                }
                if hasattr(os, "getloadavg"):
                    values["load"] = {"1m": round(os.getloadavg()[0], 2)}
                hub.send(json.dumps(values))
                try:
                    print("hub:", hub.recv(timeout=1.0 - time.time() % 1.0))
                except TimeoutError:
                    pass  # Most of the time the hub has nothing to say.
    except (OSError, WebSocketException) as error:
        print(f"no connection ({error}), trying again in {wait:.0f} s")
        time.sleep(wait * random.uniform(0.5, 1.0))
        wait = min(30.0, wait * 2)
    except KeyboardInterrupt:
        sys.exit(0)
