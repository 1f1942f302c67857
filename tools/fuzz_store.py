#!/usr/bin/env python3
"""Imports mutated files of items into a store and compares what it exports with what Python reads in the file.

A failure is a crash, a count that does not add up, or a value of a row that was not dropped which the export has not, or has
otherwise. Of several rows for one id the last value of each field that is not empty counts. Files that Python's csv refuses
or reads in other rows are only watched for crashes: tools/fuzz readers compares the readers.
"""
import argparse
import csv
import decimal
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import fuzz

WORDS = ['red', 'RED', 'café', 'cafe\u0301', 'Å', '\u212b', '12E4', '007', '1.50', '-0', '1e5', 'true', 'null', 'NaN', '"q"',
         'a,b', 'two\nlines', '\ttab', ' blank ', '\u2028', '😀', '9007199254740993', '12345678901234567890', '0.1', '.5',
         '2010-12-01', '', 'x' * 300]
NAMES = ['price', 'size.w', 'a b', 'é', 'e\u0301', 'tags', 'Text', 'ID', 'x' * 99, 'n,m']


class Lost(Exception):
    pass


def value(random_, depth=0):
    kind = random_.randrange(9 if depth < 3 else 6)
    if kind <= 1:
        return random_.choice(WORDS)
    if kind == 2:
        return random_.choice([0, 1, -7, 2**53 + 1, 10**18, -2**63, 2**64, 12345])
    if kind == 3:
        return random_.choice([0.5, 1e300, -0.1, 1 / 3, 2.0])
    if kind == 4:
        return random_.choice([True, False])
    if kind == 5:
        return None
    if kind == 6:
        return {random_.choice(NAMES): value(random_, depth + 1) for _ in range(random_.randint(0, 3))}
    return [value(random_, depth + 1) for _ in range(random_.randint(0, 4))]


def make_case(seed, number, wanted):
    """(format, bytes) of up to twelve items, in which ids come back."""
    random_ = random.Random(f'store/{seed}/{number}')
    kind = wanted or random_.choice(['jsonl', 'jsonl', 'csv', 'tsv', 'json'])
    names = random_.sample(NAMES, random_.randint(0, 4))
    rows = []
    for _ in range(random_.randint(1, 12)):
        row = {'id': random_.choice(['a', 'b', 'c', 'é', 'e\u0301', 'i7', 'K', '\u212a', '5'])}
        if random_.random() < 0.7:
            is_any = kind in ('jsonl', 'json') and random_.random() < 0.2
            row['text'] = value(random_) if is_any else random_.choice(WORDS)
        for name in names:
            if random_.random() < 0.8:
                row[name] = value(random_) if kind in ('jsonl', 'json') else random_.choice(WORDS)
        rows.append(row)
    if kind in ('jsonl', 'json'):
        lines = [json.dumps(row, ensure_ascii=random_.random() < 0.5) for row in rows]
        data = ('\n'.join(lines) + '\n' if kind == 'jsonl' else '[' + ',\n'.join(lines) + ']').encode()
    else:
        out = io.StringIO()
        header = ['id', 'text'] + names
        random_.shuffle(header)
        if kind == 'csv':
            writer = csv.writer(out, lineterminator='\n')
            writer.writerow(header)
            writer.writerows([[row.get(name, '') for name in header] for row in rows])
        else:
            for cells in [header] + [[row.get(name, '') for name in header] for row in rows]:
                out.write('\t'.join(cell.replace('\t', ' ').replace('\n', ' ') for cell in cells) + '\n')
        data = out.getvalue().encode()
    return kind, fuzz.mutate(data, random_) if random_.random() < 0.8 else data


def numbers_as_text(text):
    """JSON with numbers as ('number', text) and objects as dictionaries; ValueError where Python refuses it."""
    return json.loads(text, parse_float=lambda word: ('number', word), parse_int=lambda word: ('number', word))


def rows_of(kind, data, dropped):
    """The rows that were not dropped, as Python reads them: [{name: value}]; None where it reads other rows."""
    data = data[3:] if data.startswith(b'\xef\xbb\xbf') else data
    try:
        text = data.decode('utf-8')
        if fuzz.ends_in_return(data, kind):
            return None
        if kind == 'tsv':
            lines = [line[:-1] if line.endswith('\r') else line for line in text.split('\n')]
            table = [(number + 1, line.split('\t')) for number, line in enumerate(lines) if line]
        elif kind == 'csv':
            if '\r' in text.replace('\r\n', ''):
                return None
            reader, table, line = csv.reader(io.StringIO(text, newline=''), strict=True), [], 1
            for row in reader:
                if row:
                    table.append((line, row))
                line = reader.line_num + 1
        elif kind == 'jsonl' and not data.lstrip().startswith(b'['):
            found = []
            for number, line in enumerate(text.split('\n')):
                if line.strip(' \t\r') and number + 1 not in dropped:
                    found.append(numbers_as_text(line))
            return found
        else:
            return None if dropped else numbers_as_text(text)
    except (csv.Error, ValueError, RecursionError):
        return None
    header = [name or f'column{index + 1}' for index, name in enumerate(table[0][1])] if table else []
    if len(set(header)) != len(header):
        return None
    return [{name: ('field', cell) for name, cell in zip(header, cells)} for line, cells in table[1:]
            if line not in dropped]


def is_empty(wanted):
    return wanted in (None, '', ('field', ''))


def is_same(wanted, got):
    """Whether an exported value is what the file has; a number may be written otherwise, or as its text."""
    if isinstance(wanted, tuple):
        kind, text = wanted
        if isinstance(got, tuple):
            try:
                return decimal.Decimal(got[1]) == decimal.Decimal(text) or (
                    not text.lstrip('-').isdigit() and float(got[1]) == float(text))
            except (decimal.InvalidOperation, ValueError):
                return False
        return got == text or kind == 'field' and isinstance(got, bool) and text.strip().lower() == str(got).lower()
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(map(is_same, wanted, got))
    if isinstance(wanted, dict):
        return isinstance(got, dict) and got.keys() == wanted.keys() and all(is_same(wanted[k], got[k]) for k in wanted)
    return type(wanted) is type(got) and wanted == got


def identifier(row):
    given = row.get('id') if isinstance(row, dict) else None
    return given[1] if isinstance(given, tuple) else given


def compare(rows, exported, notes):
    wanted = {}
    for row in rows:
        record = wanted.setdefault(identifier(row), {})
        for name, field in row.items():
            if name != 'id' and not is_empty(field):
                record[name] = field
    if wanted.keys() != exported.keys():
        raise Lost(f'ids {sorted(map(str, wanted.keys() ^ exported.keys()))} are in one of file and store')
    for key, record in wanted.items():
        for name, field in record.items():
            if name not in exported[key]:
                if name in notes:
                    continue
                raise Lost(f'{name!r} of {key!r} is lost: {field}')
            # The text of an item may be given as a truth value.
            if name == 'text' and isinstance(field, bool):
                field = str(field).lower()
            if not is_same(field, exported[key][name]):
                raise Lost(f'{name!r} of {key!r} is {exported[key][name]}, in the file {field}')
        extra = exported[key].keys() - record.keys() - {'id'}
        if extra:
            raise Lost(f'{key!r} has {extra}, which the file has not')


def check(command, folder, kind, data):
    """Returns the rows compared; raises Lost."""
    store, file, rejects = (os.path.join(folder, name) for name in ('s.kindred', f'items.{kind}', 'rejects.jsonl'))
    for name in os.listdir(folder):
        if name not in ('empty.kindred', 'empty.kindred-lock'):
            os.unlink(os.path.join(folder, name))
    shutil.copy(os.path.join(folder, 'empty.kindred'), store)
    with open(file, 'wb') as out:
        out.write(data)
    done = subprocess.run([command, 'import', store, '--items', file, '--rejects', rejects, '--json', '-q'],
                          capture_output=True)
    if done.returncode not in (0, 64, 65):
        raise Lost(f'import ended with {done.returncode}: {done.stderr[:300]!r}')
    if done.returncode != 0 and not done.stderr:
        raise Lost(f'import ended with {done.returncode} without a word')
    if not done.stdout:
        return 0
    report = json.loads(done.stdout)['items']
    with open(rejects, encoding='utf-8') as lines:
        dropped = [json.loads(line) for line in lines.read().split('\n') if line]
    counts = report['stored'] + report['unchanged'] + report['merged'] + sum(report['dropped'].values())
    if counts != report['rows'] or len(dropped) != sum(report['dropped'].values()):
        raise Lost(f'{report} with {len(dropped)} rejects does not add up')
    shown = subprocess.run([command, 'export', store, '--items', '-', '-q'], capture_output=True)
    if shown.returncode != 0:
        raise Lost(f'export ended with {shown.returncode}: {shown.stderr[:300]!r}')
    exported = {}
    for line in shown.stdout.decode('utf-8').split('\n'):
        if line:
            record = numbers_as_text(line)
            exported[record['id']] = record
    if any(' taken ' in note for note in report.get('notes', [])):
        # The id or the text was guessed from another column, which the rows do not show.
        return 0
    rows = rows_of(kind, data, {row['line'] for row in dropped})
    if rows is None or len(rows) + len(dropped) != report['rows']:
        return 0
    compare(rows, exported, json.dumps(report.get('notes', []), ensure_ascii=False))
    return len(rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--command', required=True)
    arguments.add_argument('--count', type=int, default=500)
    arguments.add_argument('--seed', default='1')
    arguments.add_argument('--format', choices=['csv', 'tsv', 'jsonl', 'json'])
    arguments.add_argument('--case', type=int, help='only the case of this number, whose file is printed')
    options = arguments.parse_args()
    start, failures, compared = time.time(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([options.command, 'create', os.path.join(folder, 'empty.kindred'), '-q'], check=True,
                       stdout=subprocess.DEVNULL)
        for number in [options.case] if options.case is not None else range(options.count):
            kind, data = make_case(options.seed, number, options.format)
            if options.case is not None:
                print(data)
            try:
                compared += check(options.command, folder, kind, data)
            except Lost as lost:
                failures += 1
                if failures <= 20:
                    print(f'FAILURE seed {options.seed} case {number} ({kind}): {lost}'[:600])
    print(f'{options.count} mutated files, seed {options.seed}: {failures} failures, {compared} rows compared; '
          f'{time.time() - start:.0f} s')
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
