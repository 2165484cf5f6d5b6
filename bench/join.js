// Runs in the page before its own scripts: stamps the last click on a test hook and the first remote frame after it.
// All times are Unix time in ms, so that two pages' stamps can be compared.
(() => {
  const stamps = { clickedAt: 0, firstFrame: null };
  let tell = () => {};
  window.benchStamps = stamps;
  const watched = new WeakSet();

  // A promise keeps the first value it is told.
  const renew = () => {
    stamps.firstFrame = new Promise((resolve) => { tell = resolve; });
  };
  renew();

  const watch = (video) => {
    if (watched.has(video)) return;
    watched.add(video);
    const onFrame = (now) => {
      tell(performance.timeOrigin + now);
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  };

  const look = () => document.querySelectorAll("video[data-testid='remote-video'], [data-testid='remote-video'] video").forEach(watch);

  addEventListener("click", (event) => {
    if (!event.target.closest("[data-testid='join'], [data-testid='admit']")) return;
    stamps.clickedAt = performance.timeOrigin + event.timeStamp;
    renew();
  }, { capture: true });
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-testid"] });
})();
