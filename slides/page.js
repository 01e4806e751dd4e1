// Showing a deck: keys, notes, and the presenter's view in a window of its own.
(function () {
  'use strict';

  const html = document.documentElement;
  const slides = [...document.querySelectorAll('#deck > section')];
  const notes = [...document.querySelectorAll('#notes > section')];
  const presenter = location.search === '?presenter';
  const began = Date.now();
  let current = 0;
  let digits = '';
  let other = presenter ? window.opener : null; // the other of the two windows

  // In the presenter's window the slide leaves room for the next one and for the notes.
  function room() {
    if (presenter) return { width: innerWidth * 0.62 - 16, height: innerWidth * 0.62 * 0.5625, left: 8, top: 16 };
    const height = html.classList.contains('notes') ? innerHeight * 0.72 : innerHeight;
    return { width: innerWidth, height, left: 0, top: 0 };
  }

  function fit() {
    const { width, height, left, top } = room();
    const scale = Math.min(width / 1280, height / 720);
    html.style.setProperty('--scale', scale);
    html.style.setProperty('--left', `${left + (width - 1280 * scale) / 2}px`);
    html.style.setProperty('--top', `${top + (height - 720 * scale) / 2}px`);
    html.style.setProperty('--next-scale', (innerWidth * 0.36 - 24) / 1280);
  }

  // How far the speaker is, beside how far the plan is before this slide.
  function tick() {
    const minutes = notes.map((note) => Number(note.dataset.minutes));
    const plan = minutes.slice(0, current).reduce((sum, one) => sum + one, 0);
    const passed = Math.floor((Date.now() - began) / 60000);
    document.getElementById('clock').textContent = presenter
      ? `${passed} min passed, plan ${plan} (this slide ${minutes[current]}) ` : '';
  }

  function show(at, tell) {
    current = Math.max(0, Math.min(slides.length - 1, at));
    slides.forEach((slide, i) => {
      slide.classList.toggle('current', i === current);
      slide.classList.toggle('next', presenter && i === current + 1);
    });
    notes.forEach((note, i) => note.classList.toggle('current', i === current));
    document.getElementById('place').textContent = `${current + 1} / ${slides.length}`;
    history.replaceState(null, '', `#${current + 1}`);
    tick();
    // "*": pages read from files have no origin to name. What is sent is a number.
    if (tell && other && !other.closed) other.postMessage({ slide: current }, '*');
  }

  function dark() {
    const now = html.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    html.dataset.theme = now === 'dark' ? 'light' : 'dark';
  }

  function present() {
    if (!presenter) other = window.open(`${location.pathname}?presenter#${current + 1}`, 'presenter', 'width=1200,height=800');
  }

  function help() {
    const dialog = document.getElementById('help');
    if (dialog.open) dialog.close();
    else dialog.showModal();
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else html.requestFullscreen();
  }

  const go = (at) => () => show(at(), true);
  const forward = go(() => current + 1);
  const back = go(() => current - 1);
  const keys = {
    ArrowRight: forward, ArrowDown: forward, ' ': forward, PageDown: forward,
    ArrowLeft: back, ArrowUp: back, PageUp: back, Backspace: back,
    Home: go(() => 0), End: go(() => slides.length - 1),
    Enter: () => { if (digits) show(Number(digits) - 1, true); },
    n: () => { html.classList.toggle('notes'); fit(); },
    p: present, d: dark, f: fullScreen, '?': help,
    b: () => html.classList.add('black'),
  };

  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (html.classList.contains('black')) {
      html.classList.remove('black');
      event.preventDefault();
      return;
    }
    const onButton = event.target.closest('button, a') && (event.key === ' ' || event.key === 'Enter');
    const action = keys[event.key];
    if (action && !onButton) {
      event.preventDefault();
      action();
    }
    digits = /^\d$/.test(event.key) ? digits + event.key : '';
  });
  addEventListener('message', (event) => {
    if (event.source === other && Number.isInteger(event.data?.slide)) show(event.data.slide, false);
  });
  addEventListener('hashchange', () => show(Number(location.hash.slice(1)) - 1, true));
  addEventListener('resize', fit);
  document.getElementById('forward').addEventListener('click', forward);
  document.getElementById('back').addEventListener('click', back);

  html.classList.add('shown');
  if (presenter) {
    html.classList.add('presenter', 'notes');
    setInterval(tick, 1000);
  }
  fit();
  show((Number(location.hash.slice(1)) || 1) - 1, false);
})();
