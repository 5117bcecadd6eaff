"""Chromium without a window, driven over its DevTools protocol: enough to open the page, act as a person and look."""

import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu-rasterization",  # Debian turns it on; without a card it only imitates one
    "--disable-default-apps",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-port=0",
)
START_S = 120.0
ANSWER_S = 180.0
MISSING = "the browser tests need Chromium; on Debian: apt-get install chromium"

RESTING = """(() => {
  const e = document.querySelector(%s);
  if (!e) return null;
  e.scrollIntoView({ block: 'nearest' });
  const b = e.getBoundingClientRect();
  const at = [b.x + b.width / 2, b.y + b.height / 2];
  const before = e.restedAt;
  e.restedAt = at.join();
  const top = document.elementFromPoint(...at);
  return b.width && before === e.restedAt && top && (e.contains(top) || top.contains(e)) ? at : null;
})()"""
"""The middle of an element that has not moved since the last look and that nothing covers."""

Json = dict[str, Any]


def executable() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, MISSING
    return found


class Chromium:
    """One browser with one page. Use it as a context; it ends with it.

    Attributes
    ----------
    requests : list of str
        Every address asked for.
    complaints : list of str
        What the console called an error, and every exception that nobody caught.
    """

    def __init__(self, width: int = 1440, height: int = 900) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="dronewall-browser-", ignore_cleanup_errors=True)
        profile = Path(self._profile.name)
        size = f"--window-size={width},{height}"
        self._process = subprocess.Popen(
            [executable(), *FLAGS, size, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._open = ExitStack()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._count = 0
        try:
            self._socket = self._attach(profile / "DevToolsActivePort")
        except BaseException:
            self._end()
            raise
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        # The map's worker asks for its own files; what it asks for is noted too.
        self.call("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=True, flatten=True)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._open.close()
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._profile.cleanup()

    def _attach(self, port_file: Path) -> ClientConnection:
        deadline = time.monotonic() + START_S
        while not port_file.exists() or len(port_file.read_text().split()) < 2:
            assert self._process.poll() is None, "Chromium ended before it began"
            assert time.monotonic() < deadline, "Chromium did not begin"
            time.sleep(0.05)
        port, path = port_file.read_text().split()
        plain: Json = {"max_size": None, "compression": None, "proxy": None, "open_timeout": START_S}
        with connect(f"ws://127.0.0.1:{port}{path}", **plain) as browser:
            browser.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
            targets = json.loads(browser.recv())["result"]["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        address = f"ws://127.0.0.1:{port}/devtools/page/{page}"
        # What the browser tells while nobody listens waits in a queue without end, and no ping is missed meanwhile.
        return self._open.enter_context(connect(address, max_queue=None, ping_interval=None, **plain))

    def call(self, method: str, **params: Any) -> Json:
        """One command of the protocol and its result."""
        return self.calls((method, params))[0]

    def calls(self, *commands: tuple[str, Json]) -> list[Json]:
        """Commands sent one right after the other, and the result of each."""
        found: dict[int, Json] = {}
        asked = range(self._count + 1, self._count + 1 + len(commands))
        self._count += len(commands)
        for number, (method, params) in zip(asked, commands, strict=True):
            self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while len(found) < len(asked):
            message: Json = json.loads(self._socket.recv(ANSWER_S))
            if message.get("id") in asked:
                assert "error" not in message, f"{commands[message['id'] - asked[0]][0]}: {message['error']}"
                found[message["id"]] = message["result"]
            else:
                self._note(message)
        return [found[number] for number in asked]

    def _note(self, message: Json) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case "Target.attachedToTarget":
                for method in ("Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"):
                    self._count += 1
                    command = {"id": self._count, "method": method, "sessionId": params["sessionId"]}
                    self._socket.send(json.dumps(command))
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(params["url"])
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                self.complaints.append(str(details.get("exception", {}).get("description", details["text"])))
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.complaints.append(
                    " ".join(str(one.get("value", one.get("description"))) for one in params["args"])
                )
            case "Log.entryAdded" if params["entry"]["level"] == "error":
                self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def open(self, address: str) -> None:
        """Go to an address."""
        self.call("Page.navigate", url=address)

    def resize(self, width: int, height: int, *, mobile: bool = False) -> None:
        """The size of the page."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait(self, expression: str, timeout_s: float = 120.0) -> Any:
        """Wait until an expression is true (an element counts), and give its value; while it throws it is not true."""
        asked = f"(() => {{ const v = ({expression}); return v instanceof Node ? true : v; }})()"
        try:
            return self._until(
                lambda: self.ask(f"(() => {{ try {{ return {asked}; }} catch {{}} }})()"), expression, timeout_s
            )
        except AssertionError:
            self.ask(asked)  # says what it throws, if that is why
            raise

    @staticmethod
    def _until(look: Callable[[], Any], what: str, timeout_s: float) -> Any:
        deadline = time.monotonic() + timeout_s
        while not (value := look()):
            assert time.monotonic() < deadline, f"waited {timeout_s:.0f} s in vain for: {what}"
            time.sleep(0.1)
        return value

    def point(self, selector: str) -> tuple[float, float]:
        """The middle of an element, scrolled into view, once it has come to rest there."""
        middle = self.wait(RESTING % json.dumps(selector))
        return float(middle[0]), float(middle[1])

    def press(self, x: float, y: float, *, until: str = "") -> None:
        """A click, whose end does not wait for what its begin does; or a press that is held until something is true."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        common: Json = {"x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        down, up = (
            ("Input.dispatchMouseEvent", {"type": f"mouse{part}", **common}) for part in ("Pressed", "Released")
        )
        if not until:
            self.calls(down, up)
            return
        self.calls(down)
        self.wait(until)
        self.calls(up)

    def click(self, selector: str) -> None:
        """Click an element."""
        self.press(*self.point(selector))

    def hold(self, selector: str) -> None:
        """Press a button that wants to be held, until it has done what it does and is gone."""
        self.press(*self.point(selector), until=f"!document.querySelector({json.dumps(selector)})")

    def key(self, key: str, *, shift: bool = False) -> None:
        """Type one key."""
        common: Json = {"key": key, "modifiers": 8 if shift else 0}
        text = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def words(self) -> str:
        """Every word that the page shows."""
        return str(self.ask("document.body.innerText"))

    def picture(self, file: Path, *, settle_s: float = 0.6) -> None:
        """A screenshot as PNG."""
        time.sleep(settle_s)
        data = self.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)["data"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(data))
