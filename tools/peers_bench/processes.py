"""The measuring side of a worker: starts it, asks it, and ends it when it takes too long."""

import json
import os
import selectors
import signal
import subprocess
import tempfile


class EngineError(Exception):
    """The engine could not do it; the message is the reason."""


def environment(threads):
    """Every usual switch for the number of threads, read by libraries when they are loaded."""
    switches = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS",
                "TOKIO_WORKER_THREADS", "LANCE_CPU_THREADS", "LANCE_IO_THREADS")
    return os.environ | {switch: str(threads) for switch in switches} | {"OMP_WAIT_POLICY": "passive"}


class Process:
    """A worker with one engine, in a process and a process group of its own."""

    def __init__(self, python, limit, threads, **task):
        self.limit, self.log = limit, tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [python, "-m", "peers_bench.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            text=True, env=environment(threads), start_new_session=True)
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.process.stdout, selectors.EVENT_READ)
        self.ask("start", threads=threads, **task)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def ask(self, task, **request):
        try:
            self.process.stdin.write(json.dumps({"do": task, **request}) + "\n")
            self.process.stdin.flush()
            if not self.ready.select(self.limit):
                raise EngineError(f"{task} took more than {self.limit} s")
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        except EngineError:
            self.end()
            raise
        if not line:
            raise EngineError(f"{task}: {self.last_words()}")
        answer = json.loads(line)
        if "failure" in answer:
            self.end()
            raise EngineError(answer["failure"])
        return answer

    def last_words(self):
        """How a process that ended by itself went, from its exit and its log."""
        code = self.process.wait()
        self.log.seek(0)
        lines = [line.strip() for line in self.log if line.strip()]
        how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"{how}: {lines[-1]}" if lines else how

    def end(self):
        """Stops the worker and what it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.ready.close()
