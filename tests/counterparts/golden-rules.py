"""Writes core/icalendar/recur.golden.json: recurrence rules and what python-dateutil makes of them.

/usr/bin/python3 tests/counterparts/golden-rules.py > core/icalendar/recur.golden.json

Rules that mix "every Friday" with "first Monday" in one BYDAY are left out: dateutil intersects the two, RFC 5545 joins
them. So are those on which dateutil itself stops with an IndexError.
"""
import datetime
import json
import random

from dateutil.rrule import rrulestr

random.seed(20260701)
DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
STAMP = '%Y%m%dT%H%M%S'
chance = random.random


def numbers(least, most, count, negative=False):
    values = {random.randint(least, most) * (-1 if negative and chance() < 0.3 else 1) for _ in range(count)}
    return ','.join(str(value) for value in sorted(values))


def weekdays(frequency, weeks):
    days = random.sample(DAYS, random.randint(1, 4))
    if frequency not in ('MONTHLY', 'YEARLY') or weeks or chance() < 0.4:
        return ','.join(days)
    nths = [1, 2, 3, 4, 5, -1, -2] if frequency == 'MONTHLY' else [1, 2, 5, 10, 20, 52, -1, -3]
    return ','.join('%d%s' % (random.choice(nths), day) for day in days)


def rule():
    frequency = random.choice(['YEARLY', 'YEARLY', 'MONTHLY', 'MONTHLY', 'WEEKLY', 'WEEKLY', 'DAILY', 'DAILY', 'HOURLY', 'MINUTELY'])
    parts = ['FREQ=' + frequency]
    if chance() < 0.5:
        parts.append('INTERVAL=%d' % random.choice([5, 15, 37, 90, 1440, 100000] if frequency == 'MINUTELY' else [1, 2, 3, 4, 5, 7, 10, 13]))
    if chance() < 0.4:
        parts.append('WKST=' + random.choice(DAYS))
    if chance() < 0.3:
        parts.append('BYMONTH=' + numbers(1, 12, random.randint(1, 4)))
    if frequency in ('MONTHLY', 'YEARLY') and chance() < 0.35 or frequency == 'DAILY' and chance() < 0.15:
        parts.append('BYMONTHDAY=' + numbers(1, 31, random.randint(1, 6), True))
    if frequency == 'YEARLY' and chance() < 0.2:
        parts.append('BYYEARDAY=' + numbers(1, 366, random.randint(1, 5), True))
    weeks = frequency == 'YEARLY' and chance() < 0.2
    if weeks:
        parts.append('BYWEEKNO=' + numbers(1, 53, random.randint(1, 4), True))
    if weeks or chance() < 0.45:
        parts.append('BYDAY=' + weekdays(frequency, weeks))
    if chance() < 0.15:
        parts.append('BYHOUR=' + numbers(0, 23, random.randint(1, 3)))
    if chance() < 0.15:
        parts.append('BYMINUTE=' + numbers(0, 59, random.randint(1, 3)))
    if frequency in ('MONTHLY', 'YEARLY', 'WEEKLY') and any(part.startswith('BY') for part in parts) and chance() < 0.25:
        parts.append('BYSETPOS=' + numbers(1, 4, random.randint(1, 2), True))
    if chance() < 0.35:
        parts.append('COUNT=%d' % random.choice([1, 3, 10, 40, 400, 3000]))
    elif chance() < 0.3:
        parts.append('UNTIL=%04d%02d%02dT%02d0000' % (random.randint(2025, 2028), random.randint(1, 12), random.randint(1, 28), random.randint(0, 23)))
    return ';'.join(parts)


def example():
    text = rule()
    start = datetime.datetime(random.choice([1998, 2015, 2020, 2024, 2025]), random.randint(1, 12), random.randint(1, 28), random.randint(0, 23), random.choice([0, 15, 30, 59]))
    if chance() < 0.15:
        start = start.replace(day=random.choice([29, 30, 31]), month=random.choice([1, 3, 5, 7, 8, 10, 12]))
    window = datetime.datetime(2026, 1, 1) + datetime.timedelta(days=random.randint(0, 400))
    if text[5:11] in ('HOURLY', 'MINUTE'):
        start = max(start, datetime.datetime(2025, 6, 1, start.hour, start.minute))
    named, looked = [], 0
    for moment in rrulestr(text, dtstart=start):
        looked += 1
        if looked > 40000:
            return None
        if moment >= window:
            named.append(moment)
        if len(named) == 12:
            break
    if not named and chance() < 0.9:
        return None
    end = named[-1] + datetime.timedelta(seconds=1) if len(named) == 12 else window + datetime.timedelta(days=30000)
    if named and named[-1] >= end:
        return None
    return {'rule': text, 'start': start.strftime(STAMP), 'from': window.strftime(STAMP), 'to': end.strftime(STAMP), 'named': [moment.strftime(STAMP) for moment in named]}


def mixed(text):
    days = [part[6:].split(',') for part in text.split(';') if part.startswith('BYDAY=')]
    return any(len({len(day) > 2 for day in list}) > 1 for list in days)


found = []
while len(found) < 500:
    try:
        made = example()
    except (IndexError, ValueError):
        continue
    if made and not mixed(made['rule']):
        found.append(made)
print('[\n' + ',\n'.join(json.dumps(each, separators=(',', ':')) for each in found) + '\n]')
