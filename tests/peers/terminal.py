"""certferry in a pseudo-terminal: keys go in, the parsed screen comes out.

Nothing sleeps and hopes: every wait is for something on the screen, wakes when bytes come in, and fails
with the screen after LONGEST seconds, which is generous because machines are busy. What follows Esc must wait
for what Esc does: bytes that come together with it are another key, Alt and a letter.
"""

import base64
import re
import time

import pexpect
import pyte

LONGEST = 60.0

# No two keys come faster than fingers press them: keys that do are taken for a paste.
FINGERS = 0.13

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "ctrl-c": "\x03",
}


ALTERNATE_SCREEN = 1049


class Screen(pyte.Screen):
    """pyte has no alternate screen. Here leaving it shows an empty one, so what a program says at its end stands at
    the beginning of a line, as in a terminal."""

    def reset_mode(self, *modes, **kwargs):
        super().reset_mode(*modes, **kwargs)
        if ALTERNATE_SCREEN in modes and kwargs.get("private"):
            self.erase_in_display(2)
            self.cursor_position()


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, command, environment, columns=110, rows=36):
        self._screen = Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._output = b""
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={**environment, "TERM": "xterm-256color"},
            dimensions=(rows, columns),
            timeout=LONGEST,
        )
        # Only keys are typed here; the pause is for programs that echo passwords.
        self._child.delaybeforesend = None

    def _take_in(self, longest):
        """Takes in what is there, after waiting for it; raises what pexpect raises."""
        chunk = self._child.read_nonblocking(65536, timeout=longest)
        self._output += chunk
        self._stream.feed(chunk)

    def _rest(self, pause):
        """Takes in what comes during a pause."""
        deadline = time.monotonic() + pause
        while (left := deadline - time.monotonic()) > 0:
            try:
                self._take_in(left)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return

    def copied(self):
        """What went to the terminal's clipboard (OSC 52), oldest first."""
        found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)", self._output)
        return [base64.b64decode(text).decode() for text in found]

    def text(self):
        return "\n".join(line.rstrip() for line in self._screen.display)

    def row(self, text):
        """The first row of the screen that has this text."""
        for line in self.text().splitlines():
            if text in line:
                return line
        raise AssertionError(f"no {text!r} in:\n{self.text()}")

    def keys(self, *keys):
        """Presses keys, by their names in the keymap file; what has no name is typed."""
        for key in keys:
            self._rest(FINGERS)
            # Without hints keys go nowhere: an answer has just opened or closed a dialog.
            self.wait("the hints", lambda screen: screen.split("\n")[-1].strip())
            self._child.send(KEYS.get(key, key))
        return self

    def press(self, button):
        """Moves from Cancel to the other button of a dialog and presses it, once it can be."""
        return self.keys("right").sees(f"> [ {button} ]").keys("enter")

    def wait(self, what, condition):
        """Takes in output until a condition holds for the screen's text."""
        deadline = time.monotonic() + LONGEST
        while not condition(self.text()):
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"waited for {what}, but saw:\n{self.text()}")
            try:
                self._take_in(left)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                if condition(self.text()):
                    break
                raise AssertionError(f"it ended before {what}:\n{self.text()}") from None
        return self

    def sees(self, *texts):
        return self.wait(" and ".join(map(repr, texts)), lambda screen: all(text in screen for text in texts))

    def misses(self, text):
        return self.wait(f"no {text!r}", lambda screen: text not in screen)

    def choose(self, label):
        """Moves to an entry of the open menu and chooses it."""
        # The rest of the screen may change meanwhile, the entry with the > only by the key.
        def chosen(screen):
            return [line.split("> ", 1)[1] for line in screen.splitlines() if "│ > " in line]

        for _ in range(12):
            # Before the words stands the letter of the entry.
            if any(re.match(rf"(\S  )?{re.escape(label)}", entry) for entry in chosen(self.text())):
                return self.keys("enter")
            before = chosen(self.text())
            self.keys("down")
            self.wait("the menu to move", lambda screen: chosen(screen) != before)
        raise AssertionError(f"no {label!r} to choose in:\n{self.text()}")

    def exit_code(self):
        """Waits until it ends by itself."""
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            try:
                self._take_in(deadline - time.monotonic())
            except pexpect.EOF:
                self._child.wait()
                return self._child.exitstatus
            except pexpect.TIMEOUT:
                break
        raise AssertionError(f"it does not end:\n{self.text()}")

    def close(self):
        self._child.close(force=True)
