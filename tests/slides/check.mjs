#!/usr/bin/env node
// The slides as a browser shows them: they fit, they load nothing, they can be read from the last row, the keys
// work. Tests build/slides/*.html (slides/build.mjs --html), and prints "browser: N passed, N failed, N skipped".
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, withBrowser } from '../../slides/browser.mjs';
import { output } from '../../slides/deck.mjs';

const LEAST_TEXT_PX = 20;
const LEAST_CODE_PX = 28;
const LEAST_CONTRAST = 4.5; // WCAG 2, level AA
const SLIDES_OF_A_CHAPTER = [12, 20];

// Each of these runs inside the page and returns what is wrong, a line each.

// A slide that is longer than the screen loses its end; one element wider than the slide loses its side.
function overflowing() {
  const wrong = [];
  document.documentElement.classList.remove('shown');
  document.querySelectorAll('#deck > section').forEach((slide, at) => {
    const box = slide.getBoundingClientRect();
    const bottom = box.bottom - 16;
    for (const element of slide.querySelectorAll('*')) {
      if (element.closest('svg') && element.tagName !== 'svg') continue;
      const { right, bottom: end } = element.getBoundingClientRect();
      if (right > box.right - 16 || end > bottom || element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
        wrong.push(`slide ${at + 1}: ${element.tagName.toLowerCase()} goes ${Math.round(Math.max(end - bottom, right - box.right + 16))} px beyond it: ${element.textContent.trim().slice(0, 40)}`);
        break;
      }
    }
    if (slide.scrollHeight > slide.clientHeight || slide.scrollWidth > slide.clientWidth) {
      wrong.push(`slide ${at + 1}: ${slide.scrollWidth} by ${slide.scrollHeight}, room for ${slide.clientWidth} by ${slide.clientHeight}`);
    }
  });
  document.documentElement.classList.add('shown');
  return wrong;
}

// Texts: their size, as it is on a slide of 1280 by 720, and their contrast.
function unreadable([leastText, leastCode, leastContrast]) {
  const wrong = new Set();
  const rgb = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = rgb(colour).slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const opaque = (colour) => colour !== 'none' && (rgb(colour)[3] ?? 1) === 1;
  // In a picture, a text may stand on any box that lies below its middle.
  const paperOf = (text) => {
    if (text.closest('svg')) {
      const box = text.getBoundingClientRect();
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const below = [...text.closest('svg').querySelectorAll('rect')].filter((rect) => {
        const area = rect.getBoundingClientRect();
        return area.left <= x && x <= area.right && area.top <= y && y <= area.bottom && opaque(getComputedStyle(rect).fill);
      }).pop();
      if (below) return getComputedStyle(below).fill;
    }
    let element = text;
    while (element && !opaque(getComputedStyle(element).backgroundColor)) element = element.parentElement;
    return element ? getComputedStyle(element).backgroundColor : 'rgb(255, 255, 255)';
  };
  document.documentElement.classList.remove('shown');
  document.querySelectorAll('#deck > section').forEach((slide, at) => {
    for (const element of slide.querySelectorAll('*')) {
      const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!own || element.closest('title, desc, style')) continue;
      const style = getComputedStyle(element);
      const svg = element.closest('svg');
      const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
      const size = parseFloat(style.fontSize) * scale;
      const least = element.closest('pre') ? leastCode : leastText;
      if (size < least - 0.1) wrong.add(`slide ${at + 1}: ${size.toFixed(1)} px, wanted ${least}: ${element.textContent.trim().slice(0, 30)}`);
      const ink = svg ? style.fill : style.color;
      const ratio = contrast(ink, paperOf(element));
      if (ratio < leastContrast) wrong.add(`slide ${at + 1}: contrast ${ratio.toFixed(2)}, wanted ${leastContrast}: ${ink} on ${paperOf(element)}: ${element.textContent.trim().slice(0, 30)}`);
    }
  });
  document.documentElement.classList.add('shown');
  return [...wrong];
}

const counts = { passed: 0, failed: 0, skipped: 0 };

async function test(name, work) {
  let wrong;
  try {
    wrong = await work();
  } catch (error) {
    wrong = [error.message];
  }
  if (wrong.length === 0) counts.passed += 1;
  else {
    counts.failed += 1;
    console.log(`browser: FAILED ${name}: ${wrong.join('\n    ')}`);
  }
}

const inPage = (page, check, argument) => page.evaluate(`(${check})(${JSON.stringify(argument ?? null)})`);
const settle = (page) => page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');

async function press(page, key, text = undefined) {
  await page.call('Input.dispatchKeyEvent', { type: 'keyDown', key, text });
  await page.call('Input.dispatchKeyEvent', { type: 'keyUp', key });
}

function equal(what, wanted, got) {
  return wanted === got ? [] : [`${what}: wanted ${wanted}, got ${got}`];
}

async function checkKeys(page) {
  const place = () => page.evaluate('document.getElementById("place").textContent');
  const count = await page.evaluate('document.querySelectorAll("#deck > section").length');
  const visible = () => page.evaluate('[...document.querySelectorAll("#deck > section")].filter((one) => one.checkVisibility()).length');
  const wrong = equal('at first', `1 / ${count}`, await place());
  for (const [key, wanted] of [['ArrowRight', 2], [' ', 3], ['ArrowLeft', 2], ['End', count], ['ArrowRight', count], ['Home', 1], ['ArrowLeft', 1]]) {
    await press(page, key);
    wrong.push(...equal(`after ${key}`, `${wanted} / ${count}`, await place()));
  }
  await press(page, '1');
  await press(page, '1');
  await press(page, 'Enter');
  wrong.push(...equal('after 1 1 Enter', `11 / ${count}`, await place()));
  wrong.push(...equal('slides to be seen', 1, await visible()));
  return wrong;
}

async function checkNotesKey(page) {
  const shown = () => page.evaluate('document.querySelector(".note.current").checkVisibility()');
  const wrong = equal('notes before n', false, await shown());
  await press(page, 'n');
  wrong.push(...equal('notes after n', true, await shown()));
  const text = await page.evaluate('document.querySelector(".note.current").innerText');
  if (text.length < 40) wrong.push(`the notes hold only: ${text}`);
  await press(page, 'n');
  return wrong;
}

async function checkDarkKey(page) {
  const paper = () => page.evaluate('getComputedStyle(document.querySelector("section.current")).backgroundColor');
  const before = await paper();
  await press(page, 'd');
  const after = await paper();
  await press(page, 'd');
  return before === after ? [`d changes nothing: ${before}`] : equal('after d d', before, await paper());
}

// The presenter's window, opened by p, shows the same slide, the next one and the notes, and leads.
async function checkPresenter(browser, page, url) {
  const presenter = await browser.open(`${url}?presenter#3`);
  const seen = await presenter.evaluate(`[...document.querySelectorAll('#deck > section')].map((one, at) => one.checkVisibility() ? at + 1 : 0).filter(Boolean).join()`);
  const notes = await presenter.evaluate('document.querySelector(".note.current").checkVisibility()');
  const clock = await presenter.evaluate('document.getElementById("clock").textContent');
  await presenter.close();
  return [...equal('slides in the presenter view', '3,4', seen), ...equal('its notes are seen', true, notes),
    ...(/plan \d+/.test(clock) ? [] : [`the clock says ${clock}`])];
}

async function checkDeck(browser, name) {
  const url = pathToFileURL(path.join(output, name)).href;
  const page = await browser.open(url);
  const chapter = /^\d\d-/.test(name);
  await settle(page);
  await test(`${name}: loads nothing but itself`, async () => page.requests.filter((request) => request !== url && !request.startsWith('data:')));
  await test(`${name}: no errors`, async () => page.errors);
  if (chapter) {
    await test(`${name}: number of slides`, async () => {
      const [least, most] = SLIDES_OF_A_CHAPTER;
      const count = await page.evaluate('document.querySelectorAll("#deck > section").length');
      return count >= least && count <= most ? [] : [`wanted ${least} to ${most}, got ${count}`];
    });
    await test(`${name}: every slide fits`, () => inPage(page, overflowing));
    for (const theme of ['light', 'dark']) {
      await page.evaluate(`document.documentElement.dataset.theme = ${JSON.stringify(theme)}`);
      await settle(page);
      await test(`${name}: every text can be read, ${theme}`,
        () => inPage(page, unreadable, [LEAST_TEXT_PX, LEAST_CODE_PX, LEAST_CONTRAST]));
    }
    await test(`${name}: keys`, () => checkKeys(page));
    await test(`${name}: the key n`, () => checkNotesKey(page));
    await test(`${name}: the key d`, () => checkDarkKey(page));
    await test(`${name}: the presenter's view`, () => checkPresenter(browser, page, url));
    await test(`${name}: a page each when printed`, () => checkPrint(page));
  }
  await page.close();
}

async function checkPrint(page) {
  const { data } = await page.call('Page.printToPDF', { preferCSSPageSize: true, printBackground: true });
  const pages = Buffer.from(data, 'base64').toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
  return equal('pages', await page.evaluate('document.querySelectorAll("#deck > section").length'), pages);
}

const chromium = findChromium();
if (chromium) {
  await withBrowser(chromium, async (browser) => {
    for (const name of readdirSync(output).filter((one) => one.endsWith('.html')).sort()) await checkDeck(browser, name);
  });
} else {
  counts.skipped += 1;
  console.log('browser: skipped all: chromium is missing (Debian: apt-get install chromium fonts-dejavu-core)');
}
console.log(`browser: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed ? 1 : 0;
