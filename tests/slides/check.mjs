#!/usr/bin/env node
// The slides as a browser shows them: they fit, they load nothing, they can be read from the last row, the keys
// work.
//
//     check.mjs [DIRECTORY]     the decks that build.mjs made there, else in build/slides
//
// The last line is "browser: N passed, N failed, N skipped".
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, withBrowser } from '../../slides/browser.mjs';
import { output as usualOutput } from '../../slides/deck.mjs';
import { selfTest } from './selftest.mjs';
import { overflowing, unreadable } from './probes.mjs';

const output = path.resolve(process.argv[2] ?? usualOutput);
const LEAST_TEXT_PX = 20;
const LEAST_CODE_PX = 28;
const LEAST_CONTRAST = 4.5; // WCAG 2, level AA
const SLIDES_OF_A_CHAPTER = [12, 20];

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
// Until a change is painted.
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

// The presenter's window shows a slide, the next one, the notes and the clock.
async function checkPresenter(browser, url) {
  const presenter = await browser.open(`${url}?presenter#3`);
  const seen = await presenter.evaluate(`[...document.querySelectorAll('#deck > section')].map((one, at) => one.checkVisibility() ? at + 1 : 0).filter(Boolean).join()`);
  const notes = await presenter.evaluate('document.querySelector(".note.current").checkVisibility()');
  const clock = await presenter.evaluate('document.getElementById("clock").textContent');
  await presenter.close();
  return [...equal('slides in the presenter view', '3,4', seen), ...equal('its notes are seen', true, notes),
    ...(/plan \d+/.test(clock) ? [] : [`the clock says ${clock}`])];
}

// p opens it, and then each of the two windows follows the other.
async function checkTwoWindows(browser, page) {
  const place = '(document.getElementById("place")?.textContent ?? "").split(" ")[0]'; // none yet: it loads
  const becomes = (wanted) => `new Promise((done) => {
    const end = Date.now() + 5000;
    const look = () => { if (${place} === '${wanted}' || Date.now() > end) done(${place}); else setTimeout(look, 20); };
    look();
  })`;
  await press(page, 'Home');
  const presenter = await browser.opened(() => press(page, 'p', 'p'));
  // A new window is empty first, and what looks there goes with it when the deck comes.
  const first = await presenter.evaluate(becomes(1)).catch((error) => {
    if (!/context was destroyed/.test(error.message)) throw error;
    return presenter.evaluate(becomes(1));
  });
  const wrong = equal('the new window', '1', first);
  await press(presenter, 'ArrowRight');
  wrong.push(...equal('the first window after a key in the new one', '2', await page.evaluate(becomes(2))));
  await press(page, 'ArrowRight');
  wrong.push(...equal('the new window after a key in the first one', '3', await presenter.evaluate(becomes(3))));
  await presenter.close();
  return wrong;
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
    await test(`${name}: the presenter's view`, () => checkPresenter(browser, url));
    await test(`${name}: two windows`, () => checkTwoWindows(browser, page));
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
    await selfTest(browser, test);
    for (const name of readdirSync(output).filter((one) => one.endsWith('.html')).sort()) await checkDeck(browser, name);
  });
} else {
  counts.skipped += 1;
  console.log('browser: skipped all: chromium is missing (Debian: apt-get install chromium fonts-dejavu-core)');
}
console.log(`browser: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed ? 1 : 0;
