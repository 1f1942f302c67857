"""Prepares the data of tools/cold-items, and judges lists of recommendations."""

import gzip
import json
import math
import random
import struct
import sys

WITHHELD = 1_000


def sequences(data):
    """Each user's items, oldest first."""
    found = {}
    with gzip.open(f"{data}/interactions.tsv.gz", "rt") as source:
        next(source)
        for line in source:
            user, item = line.split("\t")[:2]
            found.setdefault(user, []).append(item)
    return found


def prepare(data, folder):
    items = []
    with gzip.open(f"{data}/items.jsonl.gz", "rt") as source, open(f"{folder}/items.jsonl", "w") as target:
        for line in source:
            item = json.loads(line)
            items.append(str(item["item"]))
            record = {"id": str(item["item"]), "text": item["title"], "attributes": item["attributes"]}
            target.write(json.dumps(record) + "\n")
    events_of = sequences(data)
    withheld = set(random.Random(5).sample(sorted(items, key=int), WITHHELD))
    with open(f"{folder}/withheld.txt", "w") as target:
        target.write("\n".join(sorted(withheld)) + "\n")
    with open(f"{folder}/events.csv", "w") as events, open(f"{folder}/sessions.jsonl", "w") as sessions:
        events.write("user,item,time,kind\n")
        for user, sequence in events_of.items():
            for place, item in enumerate(sequence[:-1]):
                if item not in withheld:
                    events.write(f"{user},{item},{1_000_000 + place},review\n")
            sessions.write(json.dumps(sequence[:-1]) + "\n")
    with open(f"{folder}/targets.txt", "w") as targets:
        targets.writelines(sequence[-1] + "\n" for sequence in events_of.values())


def read_lines(path):
    with open(path) as source:
        return source.read().split()


def sessions(folder):
    with open(f"{folder}/sessions.jsonl") as source:
        return [json.loads(line) for line in source]


def last(folder):
    """Writes the content vector of each session's last item."""
    ids = {item: row for row, item in enumerate(read_lines(f"{folder}/content.txt"))}
    with open(f"{folder}/content.npy", "rb") as source:
        source.seek(8)
        header = source.read(struct.unpack("<H", source.read(2))[0]).decode()
        vectors = source.read()
    dimension = int(header.split("(")[1].split(")")[0].split(",")[1])
    width = 4 * dimension
    rows = [ids[session[-1]] for session in sessions(folder)]
    description = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {dimension}), }}"
    description += " " * (-(len(description) + 11) % 64) + "\n"
    with open(f"{folder}/last.npy", "wb") as target:
        target.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(description)) + description.encode())
        for row in rows:
            target.write(vectors[row * width : (row + 1) * width])


def judge(folder, file, name):
    withheld = set(read_lines(f"{folder}/withheld.txt"))
    found = {True: [], False: []}
    shown = total = 0
    with open(f"{folder}/{file}") as lists:
        for line, session, target in zip(lists, sessions(folder), read_lines(f"{folder}/targets.txt")):
            answer = json.loads(line)
            entries = answer.get("items") or answer.get("matches") or []
            seen = set(session)
            ids = [entry["id"] for entry in entries if entry["id"] not in seen][:10]
            rank = ids.index(target) if target in ids else None
            found[target in withheld].append(rank)
            shown += sum(item in withheld for item in ids)
            total += len(ids)
    print(f"{name}: withheld items have {100 * shown / total:.1f} % of the places")
    for is_withheld, ranks in found.items():
        gains = [0 if rank is None else 1 / math.log2(rank + 2) for rank in ranks]
        hits = [rank is not None for rank in ranks]
        what = "withheld" if is_withheld else "the rest"
        print(
            f"  {what}: {len(ranks)} targets, HR@10 {sum(hits) / len(hits):.4f}, "
            f"NDCG@10 {sum(gains) / len(gains):.4f}"
        )


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"prepare": prepare, "last": last, "judge": judge}[command](*arguments)
