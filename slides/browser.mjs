// Debian's Chromium without a window, spoken to over a pipe (the DevTools protocol: JSON, each message ended by
// a NUL). No port is opened, nothing of the user's profile is read, and no name resolves, so that a page which
// wants something from the network does not get it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const flags = [
  '--headless=new', '--remote-debugging-pipe', '--no-first-run', '--no-default-browser-check', '--disable-gpu',
  '--disable-background-networking', '--disable-component-update', '--disable-default-apps', '--disable-sync',
  '--disable-domain-reliability', '--disable-extensions', '--disable-dev-shm-usage', '--metrics-recording-only',
  '--no-pings', '--hide-scrollbars', '--host-resolver-rules=MAP * ~NOTFOUND', '--window-size=1280,720',
];

// The browser's program, or undefined. CHROMIUM=/path names another.
export function findChromium() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : ['chromium', 'chromium-browser', 'google-chrome'];
  return names.find((name) => spawnSync(name, ['--version']).status === 0);
}

export class Browser {
  #process;
  #profile;
  #waiting = new Map(); // id of a call → its promise's functions
  #listeners = [];
  #last = 0;

  constructor(program) {
    this.#profile = mkdtempSync(path.join(os.tmpdir(), 'gocker-chromium-'));
    // Its own sandbox needs user namespaces, which root in a container may not make.
    const own = process.getuid() === 0 ? ['--no-sandbox'] : [];
    this.#process = spawn(program, [...flags, ...own, `--user-data-dir=${this.#profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.#process.on('exit', (status) => this.#fail(new Error(`chromium ended (status ${status})`)));
    this.#process.stdio[3].on('error', () => {}); // its end is told by 'exit'
    let rest = '';
    this.#process.stdio[4].setEncoding('utf8').on('data', (text) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop();
      messages.forEach((message) => this.#receive(JSON.parse(message)));
    });
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #receive(message) {
    const call = this.#waiting.get(message.id);
    if (!call) {
      this.#listeners.forEach((listener) => listener(message));
      return;
    }
    this.#waiting.delete(message.id);
    if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
    else call.resolve(message.result);
  }

  call(method, params = {}, sessionId = undefined) {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, method });
      this.#process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  // A tab as an object: {call(method, params), evaluate(javascript), close(), requests: the addresses asked for,
  // errors, loaded: a promise}.
  async #attach(targetId) {
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    const page = { requests: [], errors: [], call: (method, params) => this.call(method, params, sessionId) };
    page.loaded = new Promise((resolve) => {
      this.#listeners.push((event) => {
        if (event.sessionId !== sessionId) return;
        if (event.method === 'Page.loadEventFired') resolve();
        if (event.method === 'Network.requestWillBeSent') page.requests.push(event.params.request.url);
        if (event.method === 'Runtime.exceptionThrown') page.errors.push(event.params.exceptionDetails.text);
        if (event.method === 'Log.entryAdded') page.errors.push(event.params.entry.text);
      });
    });
    page.evaluate = async (expression) => {
      const answer = await page.call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? 'evaluate');
      return answer.result.value;
    };
    page.close = () => this.call('Target.closeTarget', { targetId });
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await page.call(`${domain}.enable`);
    return page;
  }

  // Open an address in a new tab.
  async open(url) {
    const { targetId } = await this.call('Target.createTarget', { url: 'about:blank' });
    const page = await this.#attach(targetId);
    await page.call('Page.navigate', { url });
    await page.loaded;
    return page;
  }

  // The window that action() makes a page open.
  async opened(action) {
    const pages = async () => (await this.call('Target.getTargets')).targetInfos.filter(({ type }) => type === 'page');
    const before = new Set((await pages()).map(({ targetId }) => targetId));
    await action();
    for (let tries = 0; tries < 100; tries += 1) {
      const found = (await pages()).find(({ targetId }) => !before.has(targetId));
      if (found) return this.#attach(found.targetId);
      await new Promise((done) => { setTimeout(done, 50); });
    }
    throw new Error('no window was opened within 5 seconds');
  }

  async close() {
    const ended = new Promise((resolve) => { this.#process.on('exit', resolve); });
    if (this.#process.exitCode === null) {
      this.call('Browser.close').catch(() => {});
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

// Run work(browser), and end the browser whatever happens.
export async function withBrowser(program, work) {
  const browser = new Browser(program);
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}
