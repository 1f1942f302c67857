"""Builds every engine, asks them in turn for some rounds, prints a table for each data set."""

import argparse
import json
import os

from . import report
from .adapters import chosen
from .datasets import SYNTHETIC, Dataset
from .runner import Runner, note

DATA = ("minilm-titles", *SYNTHETIC)


def names(text):
    return [name for name in text.split(",") if name]


def options_of_command():
    parser = argparse.ArgumentParser(prog="tools/peers", description="This build and its peers on the same data.")
    parser.add_argument("--kindred", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cache", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=names, default=list(DATA),
                        help=f"of {', '.join(DATA)}, or folders with base.npy, queries.npy, gt.npy and meta.json")
    parser.add_argument("--engines", type=names, default=[], help="faiss also means all of faiss-…; default: all")
    parser.add_argument("--encodings", type=names, default=["float32", "int8", "int4"], help="of our spaces")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--opens", type=int, default=5, help="new processes to their first answer")
    parser.add_argument("--queries", type=int, help="the first N of the set")
    parser.add_argument("--subset", type=int, help="the first N rows, with their own true neighbors; for trials")
    parser.add_argument("--limit", type=float, default=900, help="seconds for one build, and for one search")
    parser.add_argument("--seconds", type=float, nargs=2, default=[0.5, 2.0], metavar=("LEAST", "MOST"),
                        help="seconds of one point in one round")
    parser.add_argument("--json", metavar="FILE", help="write all points here")
    return parser.parse_args()


def measure(dataset, options, keep):
    """All engines on one data set; `keep` is called with what is known so far."""
    runners = [Runner(adapter, dataset, options) for adapter in chosen(options.engines, options.encodings)]
    note(f"{dataset.title()}: build")
    for runner in runners:
        runner.attempt(runner.build)
        keep(runners)
    for number in range(options.rounds):
        note(f"{dataset.title()}: round {number + 1} of {options.rounds}")
        for runner in turn(runners, number):
            runner.attempt(runner.round)
            keep(runners)
    for number in range(options.rounds, options.opens):
        for runner in turn(runners, number):
            runner.attempt(runner.reopen)
    keep(runners)
    return [runner.summary() for runner in runners]


def turn(runners, number):
    """Those that work, every second time in the other order."""
    working = [runner for runner in runners if not runner.failure]
    return working[::-1] if number % 2 else working


def main():
    options = options_of_command()
    os.environ["KINDRED"] = options.kindred
    os.makedirs(os.path.join(options.cache, "work"), exist_ok=True)
    results = []
    for name in options.data:
        dataset = Dataset(name, options.cache, options.queries, options.subset)
        result = {"data": dataset.title(), "subset": options.subset, "rounds": options.rounds, "engines": []}
        results.append(result)

        def keep(runners):
            result["engines"] = [runner.summary() for runner in runners]
            if options.json:
                with open(options.json, "w") as file:
                    json.dump(results, file, indent=1)

        try:
            print(report.text(dataset.title(), measure(dataset, options, keep)) + "\n", flush=True)
        finally:
            dataset.remove()


main()
