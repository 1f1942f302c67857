#!/usr/bin/env python3
"""Mutates real files and compares what our readers make of them with what Python's csv and json make of them.

A failure is a crash, bytes of a file that are in no row and no report, or a good row that Python reads otherwise.
Every failure prints the seed and number of its case and the file (--keep FOLDER saves it). Exit 1 if there is one.
"""
import argparse
import ast
import csv
import glob
import gzip
import io
import json
import os
import random
import re
import struct
import subprocess
import sys
import time
import zlib

csv.field_size_limit(1 << 30)
TOKENS = [b'"', b'""', b',', b'\n', b'\r', b'\r\n', b'\t', b';', b'|', b'\\', b'{', b'}', b'[', b']', b':',
          b'\xff', b'\xc3', b'\xed\xa0\x80', b'\0', b'\xef\xbb\xbf', b' ', b'NaN', b'1e999', b'-0', b'01',
          b'\\ud800', b'\\u0000', b'null', b'true', b'",', b',"', b'\n"', b'"\n', b'\xe2\x80\xa8', b'2L']
# What our JSON refuses by intention where Python is lenient.
STRICTER = {'duplicateKey', 'badNumber', 'loneSurrogate', 'tooDeep', 'tooManyValues', 'notAnObject', 'invalidUTF8'}


class Failure(Exception):
    pass


def real_files(folder):
    """(format, bytes): pieces of the data sets that are there, else made-up ones."""
    texts = {'csv': [], 'tsv': [], 'jsonl': [], 'json': [], 'npy': []}
    for path in sorted(glob.glob(os.path.join(folder, '*', '*.gz'))):
        with gzip.open(path, 'rb') as file:
            lines = [file.readline() for _ in range(400)]
        if b'.jsonl' in path.encode():
            texts['jsonl'].append(lines)
        elif '.tsv' in path:
            texts['tsv'].append(lines)
    if not texts['jsonl']:
        texts['jsonl'].append([json.dumps({'id': f'i{n}', 'text': f'Say "{n}", é\n', 'price': n / 7,
                                           'tags': ['a', {'b': None}]}, ensure_ascii=n % 2 == 0).encode() + b'\n'
                               for n in range(200)])
    if not texts['tsv']:
        texts['tsv'].append([b'user\titem\ttime\ttext\n'] + [b'u%d\ti%d\t%d\t%d" plate, \xc3\xa9\n' % (n, n * 7, n, n)
                                                            for n in range(200)])
    for lines in texts['tsv']:
        for mark in b',,;|':
            rows = [line.rstrip(b'\r\n').decode('utf-8', 'replace').split('\t') for line in lines if line]
            out = io.StringIO()
            writer = csv.writer(out, delimiter=chr(mark), lineterminator='\n',
                                quoting=csv.QUOTE_ALL if len(texts['csv']) % 3 == 0 else csv.QUOTE_MINIMAL)
            writer.writerow(rows[0])
            for number, row in enumerate(rows[1:]):
                if number % 5 == 0:
                    row = [field + ', "x"\nsecond' if index == 1 else field for index, field in enumerate(row)]
                writer.writerow(row)
            # A field may hold a line end, so rows are cut apart where no quote is open.
            texts['csv'].append(cut_rows(out.getvalue().encode()))
    for lines in texts['jsonl']:
        values = [json.loads(line) for line in lines if line.strip()]
        texts['json'].append(('[\n', ',\n', '\n]\n', [json.dumps(v) for v in values]))
        texts['json'].append(('[', ', ', ']', [json.dumps(v, ensure_ascii=False) for v in values]))
        texts['json'].append(('[\n', ',\n', '\n]', [re.sub('^', '  ', json.dumps(v, indent=2), flags=re.M) for v in values]))
    return texts


def cut_rows(data):
    rows, begin, quoted = [], 0, False
    for place, byte in enumerate(data):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x0a and not quoted:
            rows.append(data[begin:place + 1])
            begin = place + 1
    return rows


def original(texts, random_, wanted):
    """A format and an unmutated file of it, of one to thirty rows."""
    kind = wanted or random_.choice(['csv'] * 4 + ['tsv', 'jsonl', 'jsonl', 'json', 'json', 'npy', 'gz'])
    if kind == 'npy':
        rows, columns = random_.randint(0, 6), random_.randint(1, 9)
        element, size = random_.choice([('<f4', 4), ('<f2', 2), ('<f8', 8)])
        text = f"{{'descr': '{element}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
        text += ' ' * (63 - (10 + len(text)) % 64) + '\n'
        data = b'\x93NUMPY\1\0' + struct.pack('<H', len(text)) + text.encode()
        return kind, data + random_.randbytes(rows * columns * size)
    inner = random_.choice(['csv', 'tsv', 'jsonl']) if kind == 'gz' else kind
    source = random_.choice(texts[inner])
    count = random_.randint(1, 30)
    if inner == 'json':
        start, between, end, values = source
        first = random_.randrange(len(values))
        return kind, (start + between.join(values[first:first + count]) + end).encode()
    first = random_.randrange(1, len(source))
    rows = source[first:first + count]
    data = b''.join(([source[0]] if inner != 'jsonl' else []) + rows)
    return (kind, data) if kind != 'gz' else (f'gz {inner}', data)


def mutate(data, random_):
    if random_.random() < 0.15:
        data = data.replace(b'\n', random_.choice([b'\r', b'\r\n']))
    data = bytearray(data)
    for _ in range(random_.choice([0, 1, 1, 1, 2, 2, 3, 5, 9])):
        place = random_.randrange(len(data) + 1)
        end = min(len(data), place + random_.choice([1, 1, 2, 5, 40]))
        action = random_.randrange(8)
        if action <= 2:
            data[place:place] = random_.choice(TOKENS)
        elif action == 3:
            data[place:end] = random_.choice(TOKENS)
        elif action == 4:
            del data[place:end]
        elif action == 5:
            other = random_.randrange(len(data) + 1)
            data[other:other] = data[place:end]
        elif action == 6 and place < len(data):
            data[place] ^= 1 << random_.randrange(8)
        elif action == 7 and random_.random() < 0.3:
            del data[place:]
    return bytes(data)


def make_case(texts, seed, number, wanted):
    random_ = random.Random(f'{seed}/{number}')
    kind, data = original(texts, random_, wanted)
    if kind.startswith('gz '):
        kind = kind[3:]
        data = mutate(data, random_) if random_.random() < 0.3 else data
        half = random_.randrange(len(data) + 1)
        packed = gzip.compress(data[:half], mtime=0) + gzip.compress(data[half:], mtime=0)
        return kind, mutate(packed, random_), random_.choice([1, 7, 1 << 20])
    data = mutate(data, random_)
    if kind != 'npy' and random_.random() < 0.1:
        data = to_utf16(data, random_.choice(['le', 'be']))
        data = mutate(data, random_) if random_.random() < 0.2 else data
    return kind, data, random_.choice([1, 7, 64, 1 << 20, 1 << 20])


def to_utf16(data, order):
    text = '\ufeff' + data.decode('utf-8', 'surrogateescape')
    return text.encode(f'utf-16-{order}', 'surrogatepass')


def from_utf16(data):
    """UTF-16 with a mark as UTF-8, half of a pair as its three bytes and half of a unit as 0xff; all else as it is."""
    order = {b'\xff\xfe': 'le', b'\xfe\xff': 'be'}.get(data[:2])
    if order is None:
        return data
    text = data[:len(data) // 2 * 2].decode(f'utf-16-{order}', 'surrogatepass')
    return text.encode('utf-8', 'surrogatepass') + b'\xff' * (len(data) % 2)


def ends_in_return(data, kind):
    """Whether the first line end is a CR alone, outside quotes in CSV."""
    quoted, start, closed = False, True, -1
    for place, byte in enumerate(data):
        if quoted:
            quoted = byte != 0x22
            if not quoted:
                closed = place
        elif byte == 0x0a:
            return False
        elif byte == 0x0d:
            return place + 1 < len(data) and data[place + 1] != 0x0a
        elif byte == 0x22 and kind == 'csv' and (start or closed == place - 1):
            quoted = True
        start = not quoted and byte in b',;\t|'
    return False


def check_cover(data, rows, gap, what):
    """Every byte outside `gap` must be in some row, good or bad, in order."""
    place = 0
    for row in rows:
        raw = row['raw'].encode('latin1')
        while not data.startswith(raw, place):
            if place < len(data) and data[place] in gap:
                place += 1
            else:
                raise Failure(f'{what}: bytes at {place} {data[place:place + 40]!r} are in no row; next is {raw[:60]!r}')
        place += len(raw)
    rest = data[place:].strip(gap)
    if rest:
        raise Failure(f'{what}: the end {rest[:60]!r} is in no row')


MARK = '\ue000'


def python_csv(data, delimiter, is_return):
    """The rows that Python's csv reads, or None where it refuses the text."""
    text = data.decode('utf-8', 'surrogateescape')
    if MARK in text:
        return None
    if is_return:
        lines = re.findall(r'[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+', text)
    else:
        text = re.sub(r'\r(?!\n|\Z)', MARK, text)
        lines = [line for line in re.split(r'(?<=\n)', text) if line]
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return [[field.replace(MARK, '\r') for field in row] for row in rows if row]


def is_utf8(fields):
    return not any('\udc80' <= letter <= '\udcff' for field in fields for letter in field)


def check_table(kind, data, found, error):
    if error is not None:
        return
    data = data[3:] if data.startswith(b'\xef\xbb\xbf') else data
    header, rows = found[0]['header'], found[1:]
    is_return = ends_in_return(data, kind)
    if kind == 'tsv':
        end = b'\r\n|\r|\n' if is_return else b'\r?\n'
        lines = [line for line in re.split(end, re.sub(rb'\r\Z', b'', data) if not is_return else data) if line]
        reference = [line.decode('utf-8', 'surrogateescape').split('\t') for line in lines]
        compare_rows(reference, header, rows)
        return check_cover(data[len(lines[0]):], rows, b'\r\n', 'TSV')
    delimiter = None
    # A header of one column has no delimiter; it is read as if it were the comma.
    for mark in ',' if len(header) == 1 else ',;\t|':
        whole = python_csv(data, mark, is_return)
        names = [name or f'column{index + 1}' for index, name in enumerate(whole[0])] if whole else None
        if names == header:
            delimiter = mark
            break
    for row in rows:
        if 'row' not in row:
            continue
        raw = row['raw'].encode('latin1')
        if not any(single == [row['row']] or (single == [] and row['row'] == ['']) for single in
                   (python_csv(raw + b'\r\n', mark, is_return) for mark in (delimiter or ',' if len(header) == 1 else delimiter or ',;\t|'))):
            raise Failure(f'the row {row["row"]} at line {row["line"]} is otherwise in Python')
    tail_cover(data, rows, whole if delimiter else None)
    if delimiter and not any(row.get('bad') in ('unterminatedQuote', 'textAfterQuote', 'lineTooLong') for row in rows):
        compare_rows(whole, header, rows)


def tail_cover(data, rows, whole):
    """As check_cover, but the header in front is left out: rows are laid from the end to the front."""
    place = len(data)
    for row in reversed(rows):
        raw = row['raw'].encode('latin1')
        while place > 0 and not data.endswith(raw, 0, place):
            if data[place - 1] not in b'\r\n':
                raise Failure(f'bytes before {place} {data[max(0, place - 40):place]!r} are in no row')
            place -= 1
        place -= len(raw)
        if place > 0 and data[place - 1] not in b'\r\n':
            raise Failure(f'a row begins at {place} in the middle of a line')
    if place == 0 and rows:
        raise Failure('the header is among the rows')
    # Where Python reads the whole file as its header, there is nothing behind it.
    is_header = whole is not None and len(whole) == 1
    if not rows and not is_header and len(re.sub(rb'"[^"]*"', b'', data).strip(b'\r\n').splitlines()) > 1:
        raise Failure('lines behind the header, but no row and no report')


def compare_rows(reference, header, rows):
    names = [name or f'column{index + 1}' for index, name in enumerate(reference[0])]
    if names != header:
        raise Failure(f'header {header} is {names} in Python')
    body = reference[1:]
    if len(body) != len(rows):
        raise Failure(f'{len(rows)} rows where Python has {len(body)}')
    for fields, row in zip(body, rows):
        if 'row' in row:
            if row['row'] != fields:
                raise Failure(f'line {row["line"]}: {row["row"]} is {fields} in Python')
        elif row['bad'] == 'wrongFieldCount':
            if len(fields) == len(header):
                raise Failure(f'line {row["line"]} has as many fields as the header')
        elif row['bad'] == 'invalidUTF8':
            if is_utf8(fields):
                raise Failure(f'line {row["line"]} is UTF-8')
        else:
            raise Failure(f'line {row["line"]} is {row["bad"]}, but Python reads {fields}')


class Refused(Exception):
    pass


def python_json(text):
    """(value, whether ours may refuse it), with numbers as text; raises Refused for what is not JSON."""
    strict = []

    def pairs(members):
        if len({key for key, _ in members}) != len(members):
            strict.append('duplicate')
        return ('object', members)

    def constant(word):
        strict.append('constant')
        return word

    def number(word):
        return ('number', word)
    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number, parse_int=number)
    except (ValueError, RecursionError):
        raise Refused
    return value, bool(strict)


def load(raw):
    try:
        return python_json(raw.decode('utf-8'))
    except UnicodeDecodeError:
        raise Refused


def check_object(row):
    try:
        value, is_strict = load(row['raw'].encode('latin1'))
    except Refused:
        raise Failure(f'line {row["line"]} is no JSON in Python: {row["raw"][:200]!r}')
    if is_strict or value != row['object']:
        raise Failure(f'line {row["line"]}: {row["object"]} is {value} in Python')


def check_refusal(row):
    """A bad row that Python reads as an object must be one of those that we refuse by intention."""
    if row['bad'] in STRICTER:
        return
    try:
        value, is_strict = load(row['raw'].encode('latin1'))
    except Refused:
        return
    if not is_strict and isinstance(value, tuple) and value[0] == 'object':
        raise Failure(f'line {row["line"]} is {row["bad"]}, but Python reads {value}')


def check_json(kind, data, found, error):
    data = data[3:] if data.startswith(b'\xef\xbb\xbf') else data
    for row in found:
        check_object(row) if 'object' in row else check_refusal(row)
    if error is not None:
        return
    if kind == 'jsonl' and data.lstrip(b' \t\r\n')[:1] != b'[':
        is_return = ends_in_return(data, kind)
        lines = re.split(b'\r\n|\r|\n', data) if is_return else [re.sub(rb'\r\Z', b'', l) for l in data.split(b'\n')]
        wanted = [(number + 1, line) for number, line in enumerate(lines) if line.strip(b' \t\r\n')]
        got = [(row['line'], row['raw'].encode('latin1')) for row in found]
        if wanted != got:
            raise Failure(f'{len(got)} rows for {len(wanted)} lines, or other ones')
        return
    check_cover(data, found, b' \t\r\n,[]', 'JSON')
    try:
        value, _ = load(data)
    except Refused:
        return
    if isinstance(value, list) and len(value) != len(found):
        raise Failure(f'{len(found)} rows where Python has {len(value)} elements')
    for element, row in zip(value if isinstance(value, list) else [], found):
        if 'object' in row and row['object'] != element:
            raise Failure(f'{row["object"]} is {element} in Python')


def check_npy(data, found, error):
    if error is not None:
        return
    length, start = (struct.unpack_from('<H', data, 8)[0], 10) if data[6] == 1 else (struct.unpack_from('<I', data, 8)[0], 12)
    try:
        header = ast.literal_eval(re.sub(r'(\d)L', r'\1', data[start:start + length].decode('latin1')).strip())
    except (SyntaxError, ValueError):
        raise Failure(f'no header in Python: {data[start:start + length]!r}')
    letter, size = {'<f4': ('f', 4), '<f2': ('e', 2), '<f8': ('d', 8)}[header['descr']]
    rows, columns = header['shape']
    numbers = data[start + length:]
    if header['fortran_order'] or len(numbers) != rows * columns * size or len(found) != rows:
        raise Failure(f'{header} with {len(numbers)} bytes was read as {len(found)} rows')
    values = struct.unpack(f'<{rows * columns}{letter}', numbers)
    bits = [bit for row in found for bit in row['bits']]
    for value, bit in zip(values, bits):
        ours = struct.unpack('<f', struct.pack('<I', bit))[0]
        try:
            theirs = struct.unpack('<f', struct.pack('<f', value))[0]
        except OverflowError:
            theirs = float('inf') if value > 0 else float('-inf')
        if ours != theirs and (ours == ours or theirs == theirs):
            raise Failure(f'{ours} is {theirs} in Python')


def unpack(data):
    """The bytes of a gzip stream of members, or None where it is damaged."""
    if data[:2] != b'\x1f\x8b':
        return data
    out = b''
    while data:
        unpacker = zlib.decompressobj(31)
        try:
            out += unpacker.decompress(data)
        except zlib.error:
            return None
        if not unpacker.eof:
            return None
        # Zero bytes may pad a member, as they may in Python's gzip.
        data = unpacker.unused_data.lstrip(b'\0')
    return out


def revive(value):
    """Ours as `python_json` has it."""
    def pairs(members):
        return ('object', members)

    def number(word):
        return ('number', word)
    return json.loads(value, object_pairs_hook=pairs, parse_float=number, parse_int=number)


def parse_output(line):
    """One line of the reader: its own members plain, those of a row's object as `python_json` has them."""
    kind, members = revive(line)
    plain = {}
    for key, value in members:
        plain[key] = int(value[1]) if key == 'line' else [int(bit[1]) for bit in value] if key == 'bits' else value
    return plain


def check(case, found):
    kind, data, _ = case
    error = found.pop()['end']
    plain = unpack(data)
    if plain is None:
        if error is None:
            raise Failure('the packed stream is damaged, and nothing was reported')
        return
    if kind != 'npy':
        plain = from_utf16(plain)
    if kind == 'npy':
        check_npy(plain, found, error)
    elif kind in ('csv', 'tsv'):
        check_table(kind, plain, found, error)
    else:
        check_json(kind, plain, found, error)


def run(reader, cases):
    """What the reader prints for each case; cases behind a crash are missing."""
    text = b''.join(b'%s %d %d\n' % (kind.encode(), len(data), piece) + data for kind, data, piece in cases)
    done = subprocess.run([reader], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    outputs, current = [], []
    for line in done.stdout.split(b'\n')[:-1]:
        current.append(parse_output(line))
        if 'end' in current[-1]:
            outputs.append(current)
            current = []
    return outputs, done.returncode


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--reader', required=True)
    arguments.add_argument('--count', type=int, default=2000)
    arguments.add_argument('--seed', default='1')
    arguments.add_argument('--format', choices=['csv', 'tsv', 'jsonl', 'json', 'npy', 'gz'])
    arguments.add_argument('--data', default='../shared/data')
    arguments.add_argument('--case', type=int, help='only the case of this number')
    arguments.add_argument('--keep', help='a folder for the files of failures')
    options = arguments.parse_args()
    texts = real_files(options.data)
    numbers = [options.case] if options.case is not None else list(range(options.count))
    start, failures, totals = time.time(), 0, {'good': 0, 'bad': 0, 'errors': 0}

    def fail(number, case, what):
        nonlocal failures
        failures += 1
        if failures > 20 and options.case is None:
            return
        print(f'FAILURE seed {options.seed} case {number} ({case[0]}, piece {case[2]}): {what}'[:1000])
        if options.keep:
            os.makedirs(options.keep, exist_ok=True)
            with open(os.path.join(options.keep, f'{options.seed}-{number}.{case[0]}'), 'wb') as file:
                file.write(case[1])

    while numbers:
        batch, numbers = numbers[:250], numbers[250:]
        cases = [make_case(texts, options.seed, number, options.format) for number in batch]
        outputs, status = run(options.reader, cases)
        if len(outputs) < len(cases):
            fail(batch[len(outputs)], cases[len(outputs)], f'the reader ended with status {status}')
            numbers = batch[len(outputs) + 1:] + numbers
        for number, case, found in zip(batch, cases, outputs):
            totals['errors'] += found[-1]['end'] is not None
            totals['bad'] += sum('bad' in row for row in found)
            totals['good'] += sum('row' in row or 'object' in row or 'bits' in row for row in found)
            try:
                check(case, found)
            except Failure as failure:
                fail(number, case, failure)
    count = 1 if options.case is not None else options.count
    print(f'{count} mutated files, seed {options.seed}: {failures} failures; {totals["good"]} good rows, '
          f'{totals["bad"]} reported ones, {totals["errors"]} files refused; {time.time() - start:.0f} s')
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
