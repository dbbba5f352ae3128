"""The pictures of docs/pictures, of the swarm of examples: ``make screenshots``; needs chromium."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from tools.demo_swarm import update_image
from tools.page_demo import DemoPage, demo_page, until

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
STACK = """\
services:
  web:
    image: shop/web:3
    links: [api]
    deploy:
      replicas: 6
"""


async def picture(tab: Any, name: str, *, height: int) -> None:
    """Write one picture."""
    await tab.set_viewport_size({"width": 1100, "height": height})
    await tab.screenshot(path=PICTURES / f"{name}.png")


async def pictures(tab: Any, shown: DemoPage) -> None:
    """All pictures, one view after another."""
    web = shown.seen.found("service", "shop_web").id
    api = shown.seen.found("service", "shop_api").id
    await tab.goto(f"{shown.address}service/{web}")
    await update_image(shown.swarm, "shop_web", "shop/web:2")
    await tab.get_by_text("3 of 6", exact=True).wait_for()
    await picture(tab, "page-service", height=640)
    await tab.goto(shown.address)
    await tab.locator("a.t.runs").first.focus()
    await tab.wait_for_selector("#details dl")
    await picture(tab, "page-swarm", height=680)
    await until(shown, "shop_web", "completed")
    await update_image(shown.swarm, "shop_api", "shop/api:broken")
    await until(shown, "shop_api", "paused")
    await tab.emulate_media(color_scheme="dark")
    await tab.goto(f"{shown.address}service/{api}")
    await picture(tab, "page-paused-dark", height=640)
    await tab.emulate_media(color_scheme="light")
    await tab.goto(f"{shown.address}why")
    await picture(tab, "page-why", height=360)
    await tab.goto(f"{shown.address}plan")
    await tab.fill("#text", STACK)
    await tab.click("#drop button")
    await tab.wait_for_selector("#tiles")
    await tab.locator("#findings").scroll_into_view_if_needed()
    await tab.evaluate("document.getElementById('findings').scrollIntoView()")
    await picture(tab, "page-plan", height=700)


async def main() -> None:
    """Take them."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with demo_page() as shown, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        await pictures(await browser.new_page(), shown)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
