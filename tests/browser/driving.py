"""Drives Debian's Chromium: pages load with scripts off; axe and measurements come in through the driver."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.house.tree import ROOT

PHONE, DESKTOP = 320, 1280
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--headless",
    "--no-sandbox",  # as root, in a container, Chromium starts in no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--disable-lcd-text",
)
EVERY_RULE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}}


class Missing(Exception):
    """Chromium, its driver or axe-core is not installed."""


def start(profile: Path) -> Browser:
    """A browser with an empty profile. Raises ``Missing``."""
    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    absent = [name for name, found in programs.items() if not found] + ([] if AXE.exists() else ["axe-core"])
    if absent:
        raise Missing(f"The browser tests need {', '.join(absent)}. Install with: tools/browser")
    options = webdriver.ChromeOptions()
    options.binary_location = str(programs["chromium"])
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(programs["chromedriver"]))
    return Browser(driver)


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@dataclass
class Browser:
    """One browser window. ``look`` says how the next pages are seen; ``open`` goes there without scripts."""

    driver: webdriver.Chrome
    base: str = ""
    media: dict[str, str] = field(default_factory=dict)

    def look(self, *, width: int = DESKTOP, dark: bool = False, text: int = 100, **features: str) -> None:
        """Set the window's width in pixels, the colour scheme, the size of text in per cent and other preferences."""
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        self.command("Page.setFontSizes", fontSizes={"standard": 16 * text // 100, "fixed": 13 * text // 100})
        named = {"prefers-color-scheme": "dark" if dark else "light"}
        named |= {name.replace("_", "-"): value for name, value in features.items()}
        self.command(
            "Emulation.setEmulatedMedia",
            media="",
            features=[{"name": name, "value": value} for name, value in named.items()],
        )

    def open(self, address: str) -> None:
        """Load a page of the site as a browser without scripts does."""
        self.scripts(on=False)
        self.driver.get(self.base + address)

    def scripts(self, *, on: bool) -> None:
        """Let the pages' scripts run, or not."""
        self.command("Emulation.setScriptExecutionDisabled", value=not on)

    def axe(self, options: dict[str, Any]) -> list[str]:
        """What axe-core finds wrong with the page at hand, one line a finding."""
        self.scripts(on=True)  # axe waits by timers, which stand still while scripts are off
        try:
            if not self.measure("typeof axe === 'object'"):
                self.measure(f"{_axe()};0")
            found = json.loads(self.measure(_FINDINGS % json.dumps(options)))
        finally:
            self.scripts(on=False)
        return [f"{one['rule']}: {one['where']} {one['why']}" for one in found]

    def measure(self, expression: str) -> Any:
        """The value of a JavaScript expression on the page at hand; promises are waited for."""
        answer = self.command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:800])
        return answer["result"].get("value")

    def command(self, name: str, **values: Any) -> Any:
        """One command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(name, values)

    @property
    def address(self) -> str:
        """Where the browser is, without the site's host."""
        return self.driver.current_url.removeprefix(self.base)

    @property
    def text(self) -> str:
        """The words on the page."""
        return self.driver.find_element(By.TAG_NAME, "body").text

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.measure("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def follow(self, *keys: str) -> None:
        """Press keys that lead to another page, and wait until it is there."""
        self._leave(lambda: self.press(*keys))

    def click(self, wanted: str) -> None:
        """Click on what a CSS selector names and wait for the page to which it leads."""
        self._leave(self.driver.find_element(By.CSS_SELECTOR, wanted).click)

    def _leave(self, act: Callable[[], None]) -> None:
        self.measure("document.documentElement.dataset.left = 'yes'")
        act()
        arrived = "document.readyState === 'complete' && !document.documentElement.dataset.left"
        WebDriverWait(self.driver, 10, poll_frequency=0.02).until(lambda _: self.measure(arrived))

    def tab(self) -> dict[str, Any]:
        """Go on to the next thing that takes the focus, and say what that is and how it shows."""
        self.press(Keys.TAB)
        found: dict[str, Any] = self.measure(_FOCUS)
        return found

    def tab_to(self, wanted: str) -> dict[str, Any]:
        """Press Tab until what has the focus is what a CSS selector names."""
        for _ in range(60):
            focus = self.tab()
            if self.measure(f"document.activeElement.matches({json.dumps(wanted)})"):
                return focus
        raise AssertionError(f"Tab does not reach {wanted} on {self.address}")

    def picture(self, *, height: int = 0, of: str = "html", scale: float = 1) -> bytes:
        """What a CSS selector names, the whole page by default, as PNG; with ``height`` its first so many pixels."""
        box = self.measure(
            f"(box => ({{x: box.left + scrollX, y: box.top + scrollY, width: box.width, height: box.height}}))"
            f"(document.querySelector({json.dumps(of)}).getBoundingClientRect())"
        )
        clip = {**box, "height": min(height, box["height"]) if height else box["height"], "scale": scale}
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(shot["data"])


_FINDINGS = """axe.run(document, %s).then(found => JSON.stringify(found.violations.flatMap(
  rule => rule.nodes.map(node => ({
    rule: rule.id, where: node.target.join(' '), why: (node.failureSummary || '').replace(/\\s+/g, ' ').slice(0, 200)
  }))
)))"""

_FOCUS = """(() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return {
    tag: one.tagName, text: (one.innerText || one.name || '').trim(), href: one.getAttribute('href') || '',
    ringed: ring || style.boxShadow !== 'none', x: box.left, y: box.top + scrollY, width: box.width, height: box.height,
    uncovered: !!top && (one.contains(top) || top.contains(one) || (one.labels || []).length > 0)
  };
})()"""
