#!/usr/bin/env node
// Build the slides: build/slides/NAME.html and NAME.pdf of each slides/NN-name.md, and an index.html.
//
//     build.mjs                      all decks, HTML and PDF (make slides)
//     build.mjs [--html] DIRECTORY   into another directory; HTML only, which needs no Chromium
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, withBrowser } from './browser.mjs';
import { output as usualOutput, readDeck, renderer, slidesDirectory } from './deck.mjs';
import { deckPage, indexPage } from './page.mjs';

const htmlOnly = process.argv[2] === '--html';
const output = process.argv[htmlOnly ? 3 : 2] ?? usualOutput;

function write(name, contents) {
  const file = path.join(output, name);
  writeFileSync(`${file}.new`, contents);
  renameSync(`${file}.new`, file);
}

async function print(browser, name) {
  const page = await browser.open(pathToFileURL(path.join(output, `${name}.html`)).href);
  const { data } = await page.call('Page.printToPDF', {
    preferCSSPageSize: true, printBackground: true, generateTaggedPDF: true, generateDocumentOutline: true,
  });
  write(`${name}.pdf`, Buffer.from(data, 'base64'));
  await page.close();
}

// Decks that are gone, and PDFs older than what follows.
function removeOld() {
  for (const file of readdirSync(output).filter((name) => /^\d\d-.*\.(html|pdf)$/.test(name))) {
    rmSync(path.join(output, file));
  }
}

async function main() {
  const chromium = htmlOnly ? undefined : findChromium();
  const names = readdirSync(slidesDirectory).filter((name) => /^\d\d-.*\.md$/.test(name)).sort();
  const marp = renderer();
  const decks = names.map((name) => readDeck(marp, path.join(slidesDirectory, name)));
  mkdirSync(output, { recursive: true });
  removeOld();
  for (const deck of decks) write(`${deck.name}.html`, deckPage(deck));
  if (chromium) {
    await withBrowser(chromium, async (browser) => {
      for (const deck of decks) await print(browser, deck.name);
    });
  }
  for (const deck of decks) deck.pdf = existsSync(path.join(output, `${deck.name}.pdf`));
  write('index.html', indexPage(decks));
  console.log(`${path.relative('', path.join(output, 'index.html'))}: ${decks.length} decks, ${decks.reduce((sum, deck) => sum + deck.minutes, 0)} minutes`);
  if (!htmlOnly && !chromium) {
    throw new Error('no PDF: chromium is missing; the HTML is whole. Debian: apt-get install chromium fonts-dejavu-core');
  }
}

main().catch((error) => {
  console.error(`slides: ${error.message}`);
  process.exitCode = 1;
});
