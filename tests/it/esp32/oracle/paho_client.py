"""paho as one client of a scenario.

The first line on stdin says, as JSON, who it is; each further line is a payload to publish, and at the end of stdin it
takes leave. What happens to it, it prints as JSON, one event a line.
"""

import json
import sys

from paho.mqtt.client import Client, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

role = json.loads(sys.stdin.readline())
subscribes = role["retain"] is None


def say(event, **details):
    sys.stdout.write(json.dumps({"event": event, **details}) + "\n")
    sys.stdout.flush()


def on_connect(client, userdata, flags, reason, properties):
    if reason.is_failure:
        say("refused", reason=str(reason))
        return
    say("connected")
    if subscribes:
        client.subscribe(role["topic"], role["qos"])


def on_message(client, userdata, message):
    payload = message.payload.decode()
    say("message", topic=message.topic, payload=payload, qos=message.qos, retain=bool(message.retain))


client = Client(
    CallbackAPIVersion.VERSION2,
    client_id=role["name"],
    clean_session=role["clean_session"],
    protocol=MQTTv311,
    reconnect_on_failure=role["reconnects"],
)
client.on_connect = on_connect
client.on_message = on_message
client.on_publish = lambda *_: say("acknowledged")
client.on_subscribe = lambda *_: say("subscribed")
client.tls_set(ca_certs=role["authority"])
client.username_pw_set(role["name"], role["password"])
if role["will"]:
    client.will_set(**role["will"])
client.connect(role["host"], role["port"], role["keep_alive"])
client.loop_start()
published = [client.publish(role["topic"], line.rstrip("\n"), role["qos"], role["retain"]) for line in sys.stdin]
for message in published:
    message.wait_for_publish()
client.disconnect()
client.loop_stop()
