// Reads a report in Chromium as a reader does, by keyboard, on a phone and on paper, and writes down what was seen as JSON.
// node read-report.mjs BROWSER URL PDF
import { chromium } from "playwright-core";

const [executablePath, url, pdf] = process.argv.slice(2);
const phone = { width: 390, height: 844 };
const seen = { errors: [], requests: [] };

/** The name of what has the focus; empty where nothing has. */
const focused = page => page.evaluate(() => {
  const element = document.activeElement;
  return element === document.body ? "" : `${element.localName} ${element.textContent.trim().slice(0, 40)}`;
});

/** The table of all cells. */
const cells = page => page.locator("div.table", { has: page.locator("caption", { hasText: /^Every cell$/ }) });

/** The values of a column in the rows that are shown. */
const column = (table, name) => table.evaluate((box, title) => {
  const index = [...box.querySelectorAll("thead th")].findIndex(head => head.textContent.trim() === title);
  return [...box.querySelectorAll("tbody tr")].filter(row => !row.hidden).map(row => row.cells[index].dataset.v ?? row.cells[index].textContent);
}, name);

/** The least contrast of a text and what is behind it (Web Content Accessibility Guidelines 2.2), and the text; charts are pictures and are not looked at. */
const leastContrast = page => page.evaluate(() => {
  const parse = color => color.match(/[\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => {
    const channel = value => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  };
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const color = parse(getComputedStyle(each).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let least = { ratio: 21, text: "" };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("svg, script, style")) continue;
    const [first, second] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    if (ratio < least.ratio) least = { ratio, text: walker.currentNode.data.trim().slice(0, 40) };
  }
  return least;
});

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("console", message => ["error", "warning"].includes(message.type()) && seen.errors.push(message.text()));
  page.on("pageerror", error => seen.errors.push(String(error)));
  page.on("request", request => request.url() !== url && !request.url().startsWith("data:") && seen.requests.push(request.url()));
  await page.goto(url);

  // By keyboard alone: the first stop leads to the content, and every stop of the document is reached.
  await page.keyboard.press("Tab");
  seen.firstStop = await focused(page);
  await page.keyboard.press("Enter");
  seen.hash = await page.evaluate(() => location.hash);
  seen.stops = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")].filter(element => element.checkVisibility()).length);
  await page.goto(url);
  seen.reached = 0;
  for (await page.keyboard.press("Tab"); (await focused(page)) !== "" && seen.reached <= seen.stops; await page.keyboard.press("Tab")) seen.reached++;

  const table = cells(page);
  const button = table.locator("thead th button", { hasText: /^speedup$/ });
  seen.before = await column(table, "speedup");
  await button.focus();
  await page.keyboard.press("Enter");
  seen.ascending = await column(table, "speedup");
  seen.sort = await table.locator("thead th[aria-sort]").getAttribute("aria-sort");
  await page.keyboard.press("Space");
  seen.descending = await column(table, "speedup");
  await table.locator("input").focus();
  await page.keyboard.type("beta fast");
  seen.filtered = await column(table, "workload");
  seen.output = await table.locator("output").textContent();

  // Names with numbers stand in the order of the numbers.
  await table.locator("input").fill("");
  await table.locator("thead th button", { hasText: /^workload$/ }).focus();
  await page.keyboard.press("Enter");
  seen.workloads = await column(table, "workload");

  // A link to a program unfolds it.
  await page.locator("nav[aria-label='Programs'] a").nth(1).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#program-1 details").open, undefined, { timeout: 5000 });
  seen.unfolded = await page.locator("#programs details[open]").count();

  const details = page.locator("#programs details").first();
  await details.locator("summary").first().focus();
  await page.keyboard.press("Enter");
  seen.opened = await details.evaluate(element => element.open);
  seen.contrast = await leastContrast(page);

  await page.setViewportSize(phone);
  seen.phoneWidth = await page.evaluate(() => document.documentElement.scrollWidth);
  seen.viewport = phone.width;

  await page.pdf({ path: pdf, format: "A4" });
  seen.closed = await page.locator("details:not([open])").count();
} finally {
  await browser.close();
}
console.log(JSON.stringify(seen));
