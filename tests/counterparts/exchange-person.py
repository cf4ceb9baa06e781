"""Debian's python3-exchangelib as a person with a mailbox: one JSON command a line in, one JSON answer a line out."""
import datetime
import json
import logging
import sys

from exchangelib import BASIC, DELEGATE, NTLM, Account, Attendee, CalendarItem, Configuration, Credentials
from exchangelib import EWSDate, EWSDateTime, EWSTimeZone, ExtendedProperty, Mailbox, Message, UTC
from exchangelib.protocol import BaseProtocol
from exchangelib.recurrence import DailyPattern, Recurrence, RelativeMonthlyPattern, WeeklyPattern
from exchangelib.version import EXCHANGE_2010_SP2, Version

logging.disable(logging.CRITICAL)
url, email, user, password, scheme = sys.argv[1:6]
ZONE = EWSTimeZone("Europe/Rome")


class Mark(ExtendedProperty):
    property_set_id = "8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11"
    property_name = "ritrovo"
    property_type = "String"


CalendarItem.register("mark", Mark)

BaseProtocol.TIMEOUT = 20
if len(sys.argv) > 6:
    import requests.adapters

    class PrivateAuthority(requests.adapters.HTTPAdapter):
        def cert_verify(self, conn, url, verify, cert):
            super().cert_verify(conn=conn, url=url, verify=sys.argv[6], cert=cert)

    BaseProtocol.HTTP_ADAPTER_CLS = PrivateAuthority

account = Account(
    email,
    autodiscover=False,
    access_type=DELEGATE,
    default_timezone=ZONE,
    config=Configuration(
        service_endpoint=url,
        credentials=Credentials(user, password),
        auth_type=NTLM if scheme == "NTLM" else BASIC,
        version=Version(build=EXCHANGE_2010_SP2, api_version="Exchange2010_SP2"),
    ),
)


def time(text):
    return EWSDateTime.from_datetime(datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))).astimezone(ZONE)


def told(value):
    if isinstance(value, EWSDateTime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, EWSDate) else value


def seen(item):
    names = ("id", "changekey", "subject", "start", "end", "type", "is_all_day", "legacy_free_busy_status", "uid", "location",
             "is_cancelled", "my_response_type", "mark", "sensitivity", "is_recurring")
    found = {name: told(getattr(item, name, None)) for name in names}
    found["attendees"] = [(one.mailbox.email_address, one.response_type) for one in item.required_attendees or []]
    return found


PATTERNS = {
    "weekly": lambda wish: WeeklyPattern(interval=wish.get("interval", 1), weekdays=wish["days"], first_day_of_week="Monday"),
    "daily": lambda wish: DailyPattern(interval=wish.get("interval", 1)),
    "monthly": lambda wish: RelativeMonthlyPattern(interval=1, weekday=wish["day"], week_number=wish["week"]),
}


def recurrence(wish):
    start = EWSDate.fromisoformat(wish["from"])
    if "until" in wish:
        return Recurrence(pattern=PATTERNS[wish["kind"]](wish), start=start, end=EWSDate.fromisoformat(wish["until"]))
    return Recurrence(pattern=PATTERNS[wish["kind"]](wish), start=start, number=wish["count"])



def find(command):
    return account.fetch([(command["id"], command.get("changekey"))]).__next__()


def create(command):
    wish = dict(command["wish"])
    if wish.get("is_all_day"):
        wish["start"], wish["end"] = EWSDate.fromisoformat(wish["start"]), EWSDate.fromisoformat(wish["end"])
    else:
        wish["start"], wish["end"] = time(wish["start"]), time(wish["end"])
    if "recurrence" in wish:
        wish["recurrence"] = recurrence(wish["recurrence"])
    wish["required_attendees"] = [Attendee(mailbox=Mailbox(email_address=who)) for who in wish.pop("attendees", [])] or None
    item = CalendarItem(account=account, folder=account.calendar, **wish)
    item.save(send_meeting_invitations=command.get("send", "SendToNone"))
    return {"id": item.id, "changekey": item.changekey}


def view(command):
    return [seen(item) for item in account.calendar.view(start=time(command["start"]), end=time(command["end"]))]


def update(command):
    item = find(command)
    if "changekey" in command:
        item.changekey = command["changekey"]
    for name, value in command["fields"].items():
        setattr(item, name, time(value) if name in ("start", "end") else value)
    item.save(update_fields=list(command["fields"]), conflict_resolution=command.get("conflict", "AutoResolve"),
              send_meeting_invitations=command.get("send", "SendToNone"))
    return {"id": item.id, "changekey": item.changekey}


def sync(command):
    folder = account.calendar
    if "state" not in command:
        folder.item_sync_state = None
    changes = [(kind, item.id if hasattr(item, "id") else item) for kind, item in
               folder.sync_items(sync_state=command.get("state"), only_fields=["subject"], max_changes_returned=command.get("most"))]
    return {"changes": changes, "state": folder.item_sync_state}


def answer(command):
    item = find(command)
    getattr(item, command["answer"])(body="Ciao", message_disposition="SendAndSaveCopy")


def free_busy(command):
    views = account.protocol.get_free_busy_info(
        accounts=[(who, "Required", False) for who in command["who"]], start=time(command["start"]), end=time(command["end"]))
    return [{"merged": one.merged, "events": [(one_event.start.isoformat(), one_event.busy_type) for one_event in one.calendar_events or []]}
            for one in views]


def stream(command):
    """Listens until the first thing happens, and says so before it does."""
    with account.calendar.streaming_subscription() as subscription:
        print(json.dumps({"listening": True}), flush=True)
        for notification in account.calendar.get_streaming_events(subscription, connection_timeout=1, max_notifications_returned=1):
            return [type(event).__name__ for event in notification.events]


def pull(command):
    with account.calendar.pull_subscription() as (subscription, watermark):
        print(json.dumps({"listening": True}), flush=True)
        sys.stdin.readline()
        return [type(event).__name__ for notification in account.calendar.get_events(subscription, watermark) for event in notification.events]


def send(command):
    Message(account=account, folder=account.sent, subject=command["subject"], body=command["body"],
            to_recipients=[Mailbox(email_address=who) for who in command["to"]]).send_and_save()


def resolve(command):
    found = list(account.protocol.resolve_names([command["name"]]))
    for one in found:
        if isinstance(one, Exception):
            raise one
    return [one.email_address for one in found]


VERBS = {
    "create": create, "view": view, "update": update, "sync": sync, "answer": answer, "free_busy": free_busy, "stream": stream,
    "pull": pull, "send": send, "resolve": resolve,
    "get": lambda command: seen(find(command)),
    "series": lambda command: [(told(item.start), item.original_start and told(item.original_start)) for item in find(command).modified_occurrences or []],
    "delete": lambda command: find(command).delete(send_meeting_cancellations=command.get("send", "SendToNone")),
    "bin": lambda command: find(command).move_to_trash(send_meeting_cancellations=command.get("send", "SendToNone")),
    "move": lambda command: find(command).move(to_folder=next(one for one in account.calendar.children if one.name == command["to"])),
    "marked": lambda command: [item.subject for item in account.calendar.filter(mark=command["mark"])],
    "titled": lambda command: [item.subject for item in account.calendar.filter(subject__contains=command["text"]).order_by("-start")],
    "folders": lambda command: [one.name for one in account.calendar.children],
    "zones": lambda command: len(list(account.protocol.get_timezones())),
    "inbox": lambda command: [(type(item).__name__, item.subject) for item in account.inbox.all()],
}

for line in sys.stdin:
    command = json.loads(line)
    try:
        print(json.dumps({"value": VERBS[command["do"]](command)}, default=str), flush=True)
    except Exception as error:  # whatever it is, it is an answer
        print(json.dumps({"error": type(error).__name__, "text": str(error)[:300]}), flush=True)
