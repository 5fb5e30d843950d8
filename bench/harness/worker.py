"""A contender, or the probe, as a child process that answers one line per command.

"ok WORDS..." is an answer, "error SENTENCE" becomes WorkerError, as does a death of the child.
"""

import os
import subprocess


class WorkerError(RuntimeError):
    """The sentence says which contender failed, at what, and why."""


class Worker:
    def __init__(self, name, command, environment=None, stderr=None):
        self.name = name
        self._process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=stderr, text=True, env={**os.environ, **(environment or {})},
        )  # fmt: skip

    def ask(self, *words):
        """Sends a command and returns the words of the answer."""
        command = " ".join(str(word) for word in words)
        try:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line.startswith("ok"):
            return line.split()[1:]
        if line.startswith("error"):
            raise WorkerError(f"{self.name}: '{command}' failed: {line[6:].strip()}")
        code = self._process.wait()
        raise WorkerError(f"{self.name}: ended with status {code} during '{command}'")

    def numbers(self, *words):
        return [float(word) for word in self.ask(*words)]

    def close(self):
        if self._process.poll() is None:
            try:
                self._process.stdin.write("quit\n")
                self._process.stdin.close()
                self._process.wait(timeout=10)
            except (BrokenPipeError, subprocess.TimeoutExpired):
                self._process.kill()
                self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
