"""Prepares the data of tools/cold-users, and judges lists of recommendations."""

import collections
import gzip
import json
import math
import random
import sys

from cold_items import sequences

WITHHELD = 1_000
LENGTH = 10


def prepare(data, folder):
    with gzip.open(f"{data}/items.jsonl.gz", "rt") as source, open(f"{folder}/items.jsonl", "w") as target:
        for line in source:
            item = json.loads(line)
            attributes = {"genres": item["genres"], "year": item["year"]}
            record = {"id": str(item["item"]), "text": item["title"], "attributes": attributes}
            target.write(json.dumps(record) + "\n")
    people = {}
    with gzip.open(f"{data}/users.tsv.gz", "rt") as source, open(f"{folder}/users.jsonl", "w") as target:
        next(source)
        for line in source:
            user, _, gender, age, occupation, _ = line.rstrip("\n").split("\t")
            attributes = {"gender": gender, "age": int(age), "occupation": f"o{occupation}"}
            target.write(json.dumps({"id": user, "attributes": attributes}) + "\n")
            people[user] = [("gender", gender), ("age", age)]
    events = sequences(data)
    withheld = sorted(random.Random(7).sample(sorted(events, key=int), WITHHELD), key=int)
    with open(f"{folder}/withheld.txt", "w") as target:
        target.write("\n".join(withheld) + "\n")
    hidden = set(withheld)
    with open(f"{folder}/events.csv", "w") as target:
        target.write("user,item,time,kind\n")
        for user, sequence in events.items():
            if user not in hidden:
                target.writelines(f"{user},{item},{1_000_000 + place},rating\n" for place, item in enumerate(sequence))
    with open(f"{folder}/asked.json", "w") as target:
        json.dump({user: events[user] for user in withheld}, target)
    known = [sequence for user, sequence in events.items() if user not in hidden]
    popular = collections.Counter(item for sequence in known for item in sequence)
    first = collections.Counter(sequence[0] for sequence in known)
    with open(f"{folder}/popular.json", "w") as target:
        json.dump([[item for item, _ in counter.most_common(LENGTH)] for counter in (popular, first)], target)
    groups = collections.defaultdict(list)
    for user, sequence in events.items():
        if user not in hidden:
            for attribute in people[user]:
                groups[attribute].append(sequence)
    factors = {attribute: preferences(members, popular, len(known)) for attribute, members in groups.items()}
    with open(f"{folder}/bayes.json", "w") as target:
        lists = {user: bayes(popular, [factors[attribute] for attribute in people[user]]) for user in withheld}
        json.dump(lists, target)


def preferences(members, popular, users):
    """How much oftener the users of a group take each item than all do, smoothed by 50 users of all."""
    counts = collections.Counter(item for sequence in members for item in sequence)
    return {
        item: (counts[item] + 50 * count / users) / (len(members) + 50) * users / count
        for item, count in popular.items()
    }


def bayes(popular, factors):
    """The best items by popularity times the preferences of a user's groups."""
    return sorted(popular, key=lambda item: -popular[item] * math.prod(factor[item] for factor in factors))[:LENGTH]


def gain(entries, relevant):
    best = sum(1 / math.log2(rank + 2) for rank in range(min(LENGTH, len(relevant))))
    return sum(1 / math.log2(rank + 2) for rank, item in enumerate(entries) if item in relevant) / best


def interval(values):
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    return f"{mean:.4f} +- {1.96 * deviation / math.sqrt(len(values)):.4f}"


def judge(folder):
    with open(f"{folder}/asked.json") as source:
        asked = json.load(source)
    with open(f"{folder}/popular.json") as source:
        popular, first = json.load(source)
    with open(f"{folder}/bayes.json") as source:
        by_groups = json.load(source)
    lists = {}
    sources = collections.Counter()
    with open(f"{folder}/lists.jsonl") as source:
        for line in source:
            answer = json.loads(line)
            lists[answer["user"]] = [entry["id"] for entry in answer["matches"]]
            sources.update(entry["by"] for entry in answer["matches"])
    print(f"{len(asked)} users, entries by source: {dict(sources)}")
    for name, relevant in (("all events", set), ("the first event", lambda events: {events[0]})):
        print(f"{name} asked for, NDCG@10:")
        scores = {
            "the model": [gain(lists[user], relevant(events)) for user, events in asked.items()],
            "popularity": [gain(popular, relevant(events)) for events in asked.values()],
            "naive Bayes of gender and age": [
                gain(by_groups[user], relevant(events)) for user, events in asked.items()
            ],
            "popularity as a first event": [gain(first, relevant(events)) for events in asked.values()],
        }
        for model, values in scores.items():
            more = interval([a - b for a, b in zip(scores["the model"], values)])
            print(f"  {model}: {interval(values)}" + ("" if model == "the model" else f"; the model has {more} more"))


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"prepare": prepare, "judge": judge}[command](*arguments)
