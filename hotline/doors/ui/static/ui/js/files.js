// Files on their way to the house: seen, counted, taken back, and how much of them has arrived.
// Without this the plain input sends them, and the page that comes back says what is wrong.

const zh = !document.documentElement.lang.startsWith("en");
const say = (chinese, english) => (zh ? chinese : english);
const MB = 1024 * 1024;
const weigh = (bytes) => (bytes < MB ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MB).toFixed(1)} MB`);
const boxes = new WeakMap(); // an input, and what has been chosen for it
const saved = new Map(); // by the name of an input, while a form is swapped for its next version

function fault(file, input) {
  const { bytes } = input.dataset, endings = input.accept.split(",").filter((one) => one.startsWith("."));
  if (!file.size) return say("是空的", "is empty");
  if (file.size > bytes) return say(`超过 ${bytes / MB} MB`, `is larger than ${bytes / MB} MB`);
  const known = endings.some((ending) => file.name.toLowerCase().endsWith(ending));
  return endings.length && file.name.includes(".") && !known && !file.type.startsWith("image/")
    ? say("不是可以接收的类型", "is of a kind that is not taken") : "";
}

function sort(input, files) {
  const left = Number(input.dataset.left), good = [], bad = [];
  for (const file of files) {
    const why = fault(file, input) || (good.length >= left ? say("超出个数", "is one too many") : "");
    why ? bad.push([file, why]) : good.push(file);
  }
  return [good, bad];
}

function put(input, files) {
  const seen = new Set(), all = new DataTransfer();
  const mark = (file) => `${file.name}/${file.size}/${file.lastModified}`;
  const once = files.filter((file) => !seen.has(mark(file)) && seen.add(mark(file)));
  const [good, bad] = sort(input, once);
  for (const file of good) all.items.add(file);
  input.files = all.files;
  boxes.set(input, good);
  show(input, good, bad);
}

function line(input, file, why) {
  const item = document.createElement("li"), words = document.createElement("span");
  if (!why && /^image\/(jpeg|png|webp)$/.test(file.type)) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = "";
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    item.append(image);
  }
  words.className = why ? "file file-wrong" : "file";
  words.textContent = why ? `${file.name} ${why}` : `${file.name} · ${weigh(file.size)}`;
  item.append(words);
  if (why) return item;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-sm btn-ghost-secondary";
  remove.textContent = "×";
  remove.setAttribute("aria-label", say(`去掉 ${file.name}`, `Remove ${file.name}`));
  remove.addEventListener("click", () => {
    put(input, boxes.get(input).filter((other) => other !== file));
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  item.append(remove);
  return item;
}

function show(input, good, bad) {
  const box = input.closest("[data-files]"), left = Number(input.dataset.left) - good.length;
  box.querySelector("[data-list]").replaceChildren(
    ...good.map((file) => line(input, file)), ...bad.map(([file, why]) => line(input, file, why)));
  const total = weigh(good.reduce((sum, file) => sum + file.size, 0));
  tell(box, good.length || bad.length ? [
    say(`已选 ${good.length} 个，共 ${total}，还可加 ${left} 个。`, `Chosen: ${good.length}, ${total} in all. ${left} more may be added.`),
    bad.length ? say(`${bad.length} 个不会发送。`, `${bad.length} will not be sent.`) : "",
  ].join(" ") : "");
}

function tell(box, words) {
  box.querySelector("[data-count]").textContent = words;
}

function furnish(input) {
  if (boxes.has(input)) return;
  boxes.set(input, []);
  const box = input.closest("[data-files]"), add = (files) => {
    put(input, [...boxes.get(input), ...files]);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  input.addEventListener("change", () => put(input, [...boxes.get(input), ...input.files]));
  for (const name of ["dragover", "dragleave", "drop"]) {
    box.addEventListener(name, (event) => {
      event.preventDefault();
      box.classList.toggle("over", name === "dragover");
      if (name === "drop") add(event.dataTransfer.files);
    });
  }
  if (saved.has(input.name)) {
    put(input, saved.get(input.name));
    saved.delete(input.name);
  } else if (input.files.length) put(input, [...input.files]); // after going back in the history
}

const inputs = (root) => root.querySelectorAll("[data-files] input[type=file]");
const furnishAll = (root) => inputs(root).forEach(furnish);
furnishAll(document);
document.addEventListener("htmx:load", (event) => furnishAll(event.detail.elt.parentElement ?? document));

document.addEventListener("paste", (event) => {
  const input = event.clipboardData?.files.length && inputs(event.target.closest?.("form") ?? document)[0];
  if (!input) return;
  put(input, [...boxes.get(input), ...event.clipboardData.files]);
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

// --- On their way ----------------------------------------------------------------------------

function progress(form, loaded, total) {
  for (const input of inputs(form)) {
    if (!input.files.length) continue;
    const box = input.closest("[data-files]"), bar = box.querySelector("progress"), part = Math.floor((100 * loaded) / total);
    bar.hidden = false;
    bar.value = part;
    tell(box, part < 100 ? say(`正在上传 ${part}%…`, `Uploading ${part}%…`) : say("已上传，正在检查…", "Uploaded, being checked…"));
  }
}

function keep(root) {
  saved.clear();
  for (const input of inputs(root)) if (input.files.length) saved.set(input.name, boxes.get(input));
}

document.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total, lengthComputable } = event.detail;
  if (lengthComputable && event.target.matches("form")) progress(event.target, loaded, total); // what keeps the draft sends no file
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) keep(event.detail.target);
});

// A form of a whole page goes the same way, so that what was chosen is still there when it comes back.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("hx-post") || ![...inputs(form)].some((input) => input.files.length)) return;
  event.preventDefault();
  const data = new FormData(form), button = event.submitter, xhr = new XMLHttpRequest();
  if (button?.name) data.append(button.name, button.value);
  xhr.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => lengthComputable && progress(form, loaded, total));
  xhr.addEventListener("load", () => arrived(form, xhr));
  xhr.addEventListener("error", () => failed(form, say("网络中断，没有发出去。内容和文件都还在，请再试一次。", "The connection broke off and nothing was sent. Everything is still here: please try again.")));
  xhr.open("POST", form.action);
  xhr.send(data);
});

function failed(form, words) {
  delete form.dataset.sent;
  for (const input of inputs(form)) {
    const box = input.closest("[data-files]");
    box.querySelector("progress").hidden = true;
    if (input.files.length) tell(box, words);
  }
}

function arrived(form, xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html"), next = page.querySelector("#main");
  if (!next || (xhr.status >= 400 && !inputs(next).length)) {
    return failed(form, say(`没有被接收（${xhr.status}）。内容和文件都还在，请稍后再试。`, `It was not taken (${xhr.status}). Everything is still here: please try again later.`));
  }
  if (xhr.status >= 400) keep(form);
  const main = document.querySelector("#main");
  main.replaceWith(next);
  document.title = page.title;
  if (xhr.responseURL && xhr.responseURL !== location.href) history.replaceState(null, "", xhr.responseURL);
  window.htmx?.process(next);
  furnishAll(next);
  document.dispatchEvent(new CustomEvent("house:page", { detail: next }));
  scrollTo(0, 0);
  (next.querySelector(".is-wrong input, .is-wrong select, .is-wrong textarea") ?? next).focus();
}
